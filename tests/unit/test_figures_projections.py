"""Histograms of projections with the images that project furthest."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_files import LARGE, SMALL, study
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from repatlas.data.dataset import read_dataset
from repatlas.errors import InputError
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.projections import draw_projections
from repatlas.figures.histogram import Binning, draw_histogram, magnitudes
from repatlas.figures.images import draw_strip, read_images
from repatlas.figures.inputs import Similarities
from repatlas.figures.projected import ProjectedNetwork, Projection, furthest, project
from repatlas.figures.spec import Cell, LayerChoice, ProjectionsLayout
from repatlas.figures.tables import COLUMNS
from repatlas.store.reader import ActivationStore

LARGE_0, LARGE_1 = Cell(depth=LARGE, seed=0), Cell(depth=LARGE, seed=1)
SMALL_0 = Cell(depth=SMALL, seed=0)


@pytest.fixture(scope="module")
def opened():
    files = study()
    similarities = Similarities.open(files["similarity"])
    return similarities, Stores.open(files["stores"]), files["data"]


def test_figure_shows_histograms_and_images_of_every_seed(opened):
    figure, table = draw_projections(*opened, ProjectionsLayout(cells=(LARGE_0, LARGE_1)))
    check_figure(figure)
    assert tuple(table.columns) == (*COLUMNS, "sample")
    projections = table[table["quantity"] == "projection"]
    assert projections.groupby("panel").size().tolist() == [64] * 4
    ranks = table[table["quantity"] == "rank"]
    assert ranks.groupby("panel")["value"].apply(list).tolist() == [[1, 2, 3, 4, 5, 6, 7]] * 4
    assert "n = 64 images" in said(figure)


def test_table_holds_the_stored_components(opened):
    layout = ProjectionsLayout(cells=(LARGE_0,), layers=LayerChoice(indices=(50,)))
    _, table = draw_projections(*opened, layout)
    rows = table[table["quantity"] == "projection"]
    with ActivationStore(study()["stores"][2]) as store:
        np.testing.assert_array_equal(rows["value"], store.component_vectors[50, 0])
        np.testing.assert_array_equal(rows["sample"], store.ids)
    assert set(rows["x"]) == {50}


def test_shown_images_are_those_of_the_largest_magnitudes(opened):
    layout = ProjectionsLayout(cells=(LARGE_0,), layers=LayerChoice(indices=(50,)), images=5)
    figure, table = draw_projections(*opened, layout)
    rows = table[table["quantity"] == "projection"].set_index("sample")["value"].abs()
    shown = table[table["quantity"] == "rank"].sort_values("value")["sample"].tolist()
    assert shown == rows.sort_values(ascending=False).index[:5].tolist()
    test = read_dataset(study()["data"]).test
    strip = next(axes for axes in figure.axes if len(axes.get_images()) == 5)
    for picture, identity in zip(strip.get_images(), shown, strict=True):
        expected = test.images[test.ids.tolist().index(identity)].transpose(1, 2, 0)
        np.testing.assert_array_equal(np.asarray(picture.get_array()), expected)


def test_layers_are_taken_from_each_network_s_own_block(opened):
    similarities, stores, _ = opened
    layout = ProjectionsLayout(
        cells=(LARGE_0, SMALL_0), layers=LayerChoice(block_quantiles=(0.0, 1.0))
    )
    large, small = project(similarities, stores, layout)
    assert [item.layer for item in large.projections] == [large.block.first, large.block.last]
    outputs = np.flatnonzero(small.network.block_outputs)
    assert small.block is None
    assert [item.layer for item in small.projections] == [outputs[0], outputs[-1]]


def test_constant_layer_is_said_in_words(opened):
    layout = ProjectionsLayout(cells=(LARGE_1,), layers=LayerChoice(indices=(6, 50)))
    figure, table = draw_projections(*opened, layout)
    check_figure(figure)
    assert "constant layer: no component" in said(figure)
    assert "layer 6, constant" in said(figure)
    assert table.loc[table["quantity"] == "rank", "x"].tolist() == [50] * 7


@pytest.mark.parametrize("heat_maps", [True, False])
@pytest.mark.parametrize("cells", [(SMALL_0,), (LARGE_0, LARGE_1, SMALL_0)])
def test_page_holds_any_number_of_networks(opened, heat_maps, cells):
    layout = ProjectionsLayout(cells=cells, heat_maps=heat_maps, count_axis="linear")
    figure, _ = draw_projections(*opened, layout)
    check_figure(figure)
    assert "train 100.0 · test 85.0 %" in said(figure)


def test_data_set_without_the_images_is_refused():
    with pytest.raises(InputError, match="holds no image test/nowhere"):
        read_images(study()["data"], ["test/nowhere/1"])
    with pytest.raises(InputError, match=r"holds repatlas.activations, expected repatlas.dataset"):
        read_images(study()["stores"][0], ["x"])


def test_images_come_from_either_split():
    data = read_dataset(study()["data"])
    wanted = [data.train.ids[3], data.test.ids[5]]
    found = read_images(study()["data"], wanted)
    np.testing.assert_array_equal(found[wanted[0]], data.train.images[3].transpose(1, 2, 0))
    np.testing.assert_array_equal(found[wanted[1]], data.test.images[5].transpose(1, 2, 0))


def test_images_upright_and_framed_where_asked():
    axes = Figure().add_axes((0, 0, 1, 1))
    images = [np.full((4, 4, 3), value, np.uint8) for value in (10, 20, 30)]
    draw_strip(axes, images, [False, True, False], places=7)
    assert axes.get_xlim() == (0, 7)
    left, right, bottom, top = axes.get_images()[1].get_extent()
    assert 1 < left < right < 2
    assert bottom < top
    assert axes.get_images()[1].origin == "upper"
    assert [patch.get_x() for patch in axes.patches] == [left]


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=30), st.integers(1, 9))
def test_furthest_images_are_those_of_largest_magnitude(values, count):
    component = np.array(values, dtype=np.float32)
    found = furthest(component, count)
    assert len(found) == min(count, len(values))
    rest = np.delete(np.abs(component), found)
    assert rest.size == 0 or np.abs(component)[found].min() >= rest.max()
    assert (np.diff(np.abs(component)[found]) <= 0).all()


def test_sign_of_the_component_changes_nothing():
    component = np.random.default_rng(0).standard_normal(50).astype(np.float32)
    np.testing.assert_array_equal(furthest(component, 7), furthest(-component, 7))
    np.testing.assert_array_equal(magnitudes(component), magnitudes(-component))


def test_constant_component_has_no_furthest_image():
    assert furthest(np.full(5, np.nan), 3).size == 0


def test_image_recurs_if_another_layer_shows_it_too():
    def at(layer, *images):
        return Projection(layer, np.zeros(9, np.float32), np.array(images))

    same = ProjectedNetwork(None, None, np.arange(9), (at(3, 1, 2), at(8, 2, 5), at(3, 1, 2)))
    assert [same.recurs(0, image) for image in (1, 2)] == [False, True]
    assert [same.recurs(1, image) for image in (2, 5)] == [True, False]


@given(st.integers(2, 400))
def test_magnitude_of_an_evenly_spread_component_is_one(count):
    component = np.full(count, 1 / np.sqrt(count))
    np.testing.assert_allclose(magnitudes(component), 1)


def test_every_image_is_counted_once():
    generator = np.random.default_rng(0)
    components = [generator.standard_normal(300) * scale for scale in (0.02, 0.1)]
    components[0][:2] = 0
    binning = Binning.of(components, bins=20)
    assert [binning.counts(item).sum() for item in components] == [300, 300]
    assert binning.highest == max(binning.counts(item).max() for item in components)
    ratios = binning.edges[1:] / binning.edges[:-1]
    np.testing.assert_allclose(ratios, ratios[0])
    assert binning.edges[-1] > max(magnitudes(item).max() for item in components)


def test_bins_of_constant_layers_alone():
    binning = Binning.of([np.full(4, np.nan)], bins=3)
    assert np.isfinite(binning.edges).all()


@pytest.mark.parametrize("count_axis", ["log", "linear"])
def test_bars_have_the_height_of_the_counts(count_axis):
    component = np.repeat([0.02, 0.2], [30, 1])
    binning = Binning.of([component], bins=10)
    axes = Figure().add_axes((0.1, 0.1, 0.8, 0.8))
    draw_histogram(axes, component, binning, np.array([30]), count_axis)
    counts = axes.patches[0].get_data().values
    assert sorted(counts[counts > 0]) == [1, 30]
    low, high = axes.get_ylim()
    assert low < 1
    assert high > 30
