"""The figures of synthetic images, from stand-ins that answer to one colour."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_experiments import NAMED, experiments, subject, synthetic
from figure_files import LARGE, SMALL
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from repatlas.data.dataset import read_dataset
from repatlas.errors import InputError
from repatlas.experiments.results import Synthetic
from repatlas.figures.block_structure.colors import draw_colors
from repatlas.figures.block_structure.responses import reference_output, responses, softmax
from repatlas.figures.block_structure.sweep import sweep
from repatlas.figures.block_structure.synthetic import draw_synthetic
from repatlas.figures.layouts.colors import ColorsLayout
from repatlas.figures.layouts.synthetic import SyntheticLayout
from repatlas.figures.records import Records, network_of
from repatlas.figures.spec import Cell

SMALL_1 = Cell(depth=SMALL, seed=1)
LARGE_0, LARGE_1 = Cell(depth=LARGE, seed=0), Cell(depth=LARGE, seed=1)


@pytest.fixture(scope="module")
def records():
    return Records.open(experiments()["synthetic"], Synthetic)


def stand_in(**changes):
    """A record of a small network, with some of its items changed."""
    split = read_dataset(experiments()["data"]).test
    record = synthetic(subject(SMALL), split)
    return Synthetic(**{**vars(record), **changes})


def drawn(table, **values):
    return table[np.logical_and.reduce([table[key] == value for key, value in values.items()])]


@pytest.mark.parametrize("cells", [(LARGE_0,), (LARGE_0, LARGE_1), (LARGE_0, LARGE_1, SMALL_1)])
def test_page_holds_any_number_of_networks(records, cells):
    figure, table = draw_synthetic(records, SyntheticLayout(cells=cells))
    check_figure(figure)
    assert table["panel"].nunique() == 3 * len(cells)


def test_norms_are_those_of_the_image_its_colour_and_the_named_ones(records):
    figure, table = draw_synthetic(records, SyntheticLayout(cells=(LARGE_0, LARGE_1)))
    record = records.find(LARGE_1)
    kinds, labels = np.array(record.kinds), np.array(record.labels)
    expected = {
        "image": np.flatnonzero(kinds == "dominant")[0],
        "its colour": np.flatnonzero(kinds == "solid")[0],
    } | {name: np.flatnonzero((kinds == "named") & (labels == name))[0] for name in NAMED}
    rows = drawn(table, panel="b", quantity="norm")
    assert list(dict.fromkeys(rows["sample"])) == list(expected)
    for name, row in expected.items():
        values = rows.loc[rows["sample"] == name, "value"]
        np.testing.assert_array_equal(values, record.norms[row])
    median = drawn(table, panel="b", quantity="median_norm")["value"]
    np.testing.assert_array_equal(median, record.median_norms)
    lines = {to_hex(line.get_color()): line.get_linewidth() for line in figure.axes[0].lines}
    assert {to_hex(color) for color in NAMED.values()} <= set(lines)
    own = to_hex(records.find(LARGE_0).colors[8])
    assert max(lines, key=lines.get) == own


def test_projections_are_relative_to_the_image_whatever_their_sign(records):
    record, network = records.find(LARGE_0), records.network(LARGE_0)
    found = responses(record, network)
    assert found.projections[0] == 1
    turned = Synthetic(**{**vars(record), "projections": -record.projections})
    np.testing.assert_array_equal(responses(turned, network).projections, found.projections)
    column = list(np.flatnonzero(network.block_outputs)).index(record.reference)
    row = found.rows[found.names.index("blue")]
    ratio = record.projections[row, column] / record.projections[found.rows[0], column]
    assert found.projections[found.names.index("blue")] == pytest.approx(ratio)


def test_predictions_are_told_with_their_probability(records):
    figure, table = draw_synthetic(records, SyntheticLayout(cells=(LARGE_0,)))
    record = records.find(LARGE_0)
    row = record.kinds.index("named")
    best = record.classes[record.logits[row].argmax()]
    probability = np.exp(record.logits[row].max()) / np.exp(record.logits[row]).sum()
    assert f"{best} {100 * probability:.0f} %" in said(figure).split("\n")
    told = drawn(table, quantity="probability", sample=f"black: {best}")
    assert told["value"].item() == pytest.approx(probability)


def test_dominant_images_are_shown_in_order(records):
    figure, table = draw_synthetic(records, SyntheticLayout(cells=(LARGE_0,), images=5))
    record = records.find(LARGE_0)
    assert drawn(table, quantity="rank")["sample"].tolist() == list(record.labels[:5])
    strip = next(axes for axes in figure.axes if len(axes.get_images()) == 5)
    picture = np.asarray(strip.get_images()[1].get_array())
    np.testing.assert_array_equal(picture, record.images[1].transpose(1, 2, 0))


def test_record_without_dominant_images_is_refused():
    record = stand_in(kinds=("named",) * len(stand_in().kinds))
    with pytest.raises(InputError, match="have no dominant image"):
        responses(record, network_of(record.subject))


def test_reference_must_be_a_block_output():
    record = stand_in(reference=5)
    with pytest.raises(InputError, match=r"reference layer 5 of .* is no block output"):
        reference_output(record, network_of(record.subject))


@given(st.lists(st.floats(-500, 500), min_size=2, max_size=6))
def test_probabilities_add_to_one(values):
    found = softmax(np.array([values]))
    assert found.sum() == pytest.approx(1)
    assert found[0, np.argmax(values)] == found.max()


def test_colors_show_the_norm_of_every_colour(records):
    figure, table = draw_colors(records, ColorsLayout(cells=(LARGE_0, LARGE_1, SMALL_1)))
    check_figure(figure)
    record, network = records.find(LARGE_0), records.network(LARGE_0)
    column = list(np.flatnonzero(network.block_outputs)).index(record.reference)
    ratio = record.norms[:, column] / record.median_norms[column]
    expected = {
        label: value
        for kind, label, value in zip(record.kinds, record.labels, ratio, strict=True)
        if kind == "sweep"
    }
    rows = drawn(table, panel="a", quantity="norm_ratio").set_index("sample")["value"]
    assert rows.to_dict() == pytest.approx(expected)
    assert len(rows) == 6**3
    corners = drawn(table, panel="a", quantity="corner_color")["sample"].tolist()
    assert corners == [to_hex(color) for color in records.find(LARGE_0).colors[8:16]]
    assert "did not fit" in said(figure)


def test_each_row_names_the_colour_it_answers_to(records):
    figure, _ = draw_colors(records, ColorsLayout(cells=(LARGE_0, LARGE_1)))
    texts = said(figure)
    assert "#0000ff\n" in texts
    assert "#ffffff\n" in texts


def test_tiles_have_red_to_the_right_and_green_to_the_top(records):
    figure, _ = draw_colors(records, ColorsLayout(cells=(LARGE_0,)))
    tile = next(axes for axes in figure.axes if axes.get_title() == "blue 0.2").get_images()[0]
    assert tile.origin == "lower"
    np.testing.assert_allclose(np.asarray(tile.get_array())[5, 2], (0.4, 1, 0.2))


def test_order_of_the_sweep_does_not_matter():
    whole = stand_in()
    order = np.random.default_rng(0).permutation(len(whole.kinds))
    shuffled = stand_in(
        kinds=tuple(whole.kinds[row] for row in order),
        colors=whole.colors[order],
        norms=whole.norms[order],
    )
    network = network_of(whole.subject)
    np.testing.assert_array_equal(sweep(shuffled, network).ratio, sweep(whole, network).ratio)
    assert sweep(whole, network).strongest == (0, 0, 1)


def test_irregular_sweep_is_refused():
    kinds = list(stand_in().kinds)
    kinds[-1] = "named"
    record = stand_in(kinds=tuple(kinds))
    with pytest.raises(InputError, match="no sweep over a regular grid"):
        sweep(record, network_of(record.subject))


def test_layer_whose_median_is_zero_is_refused():
    record = stand_in(median_norms=np.zeros(4))
    with pytest.raises(InputError, match="at zero"):
        sweep(record, network_of(record.subject))
