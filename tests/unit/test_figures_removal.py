"""CKA, share and images before and after images are left out of the probe set."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_files import removal_study
from test_figures_maps import drawn_map

from repatlas.errors import InputError
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.removal import draw_removal
from repatlas.figures.inputs import Similarities
from repatlas.figures.layers import reference_of
from repatlas.figures.layouts.removal import RemovalLayout, ShownProbe
from repatlas.figures.spec import Cell
from repatlas.store.reader import ActivationStore

TITLES = (
    "nothing removed",
    "dominant 1 % removed",
    "dominant 10 % removed",
    "random 10 % removed",
    "norm-matched 10 % removed",
)


SEEDS = (Cell(seed=0), Cell(seed=1))


def layout(cells=SEEDS, **options):
    specs = removal_study()["probes"]
    probes = [
        ShownProbe(title=title, probe=spec, control=number > 2)
        for number, (title, spec) in enumerate(zip(TITLES, specs, strict=True))
    ]
    return RemovalLayout(cells=cells, probes=probes, **options)


@pytest.fixture(scope="module")
def opened():
    files = removal_study()
    return Similarities.open(files["similarity"]), Stores.open(files["stores"]), files["data"]


@pytest.fixture(scope="module")
def drawn(opened):
    return draw_removal(*opened, layout())


def test_each_panel_shows_its_network_on_its_probe_set(opened, drawn):
    figure, table = drawn
    check_figure(figure)
    for panel, seed, number in (("a", 0, 0), ("c", 0, 2), ("j", 1, 4)):
        probe = removal_study()["probes"][number]
        own = opened[0].find(Cell(seed=seed, probe=probe))
        expected = opened[0].values("cka_minibatch", own, own)
        np.testing.assert_array_equal(drawn_map(table, panel), expected)
        rows = table[(table["quantity"] == "first_component_share") & (table["panel"] == panel)]
        np.testing.assert_array_equal(rows["value"], own.shares)
    assert table["panel"].nunique() == 10


def test_images_are_those_left_that_project_furthest_at_the_layer_of_the_whole_set(opened, drawn):
    whole = opened[0].find(Cell(seed=0, probe=removal_study()["probes"][0]))
    reference = reference_of(opened[0], whole, "cka_minibatch")
    ranks = drawn[1][drawn[1]["quantity"] == "rank"]
    assert set(ranks.loc[ranks["panel"].isin(list("abcde")), "x"]) == {reference}
    for panel, store in zip("abcde", removal_study()["stores"], strict=False):
        with ActivationStore(store) as opened_store:
            component = np.abs(opened_store.component_vectors[reference, 0])
            expected = opened_store.ids[np.argsort(-component)[:6]].tolist()
        assert ranks.loc[ranks["panel"] == panel, "sample"].tolist() == expected
    left_out = ranks.loc[ranks["panel"] == "a", "sample"]
    assert not set(left_out) & set(ranks.loc[ranks["panel"] == "c", "sample"])


def test_controls_are_marked_and_counts_told(drawn):
    text = said(drawn[0])
    assert text.split("\n").count("control") == 2
    assert "58 images" in text
    assert "63 images" in text
    assert text.count("train 100.0") == 2


@pytest.mark.parametrize("options", [{"images": 2, "layers": "relu"}, {"scale_note": False}])
def test_page_holds_other_layouts(opened, options):
    figure, table = draw_removal(*opened, layout(cells=(Cell(seed=1),), **options))
    check_figure(figure)
    ranks = table[table["quantity"] == "rank"]
    assert ranks.groupby("panel").size().tolist() == [options.get("images", 6)] * 5


def test_missing_probe_set_is_told(opened):
    similarities = Similarities.open(removal_study()["similarity"][:4])
    with pytest.raises(InputError, match=r'"images":"matched".*is in none of the --similarity'):
        draw_removal(similarities, opened[1], opened[2], layout(cells=(Cell(seed=0),)))
