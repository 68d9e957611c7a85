"""The figure of crossed initialisations and orders, from stand-ins ruled by their seeds."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_files import LARGE, study
from figure_retrained import DEPTH, crossed_study

from repatlas.errors import InputError
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.orders import draw_orders
from repatlas.figures.dots import spread
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.orders import OrdersLayout
from repatlas.figures.spec import Cell

CELLS = tuple(Cell(depth=DEPTH, seed=seed, order=order) for order in (1, 0) for seed in (1, 0))
NAMES = [f"seed {seed}, order {order}" for seed in (0, 1) for order in (0, 1)]


@pytest.fixture(scope="module")
def opened():
    files = crossed_study()
    return Similarities.open(files["similarity"]), Stores.open(files["stores"])


@pytest.fixture(scope="module")
def drawn(opened):
    return draw_orders(*opened, OrdersLayout(cells=CELLS, fraction=0.1))


def matrix(table, quantity):
    panel = "a" if quantity == "mean_cka" else "b"
    rows = table[(table["quantity"] == quantity) & (table["panel"] == panel)]
    assert rows["first"].iloc[::4].tolist() == rows["second"].iloc[:4].tolist() == NAMES
    return rows["value"].to_numpy().reshape(4, 4)


def test_figure_shows_that_the_seed_rules(drawn):
    figure, table = drawn
    check_figure(figure)
    pairs = table[(table["quantity"] == "mean_cka") & (table["panel"] == "c")]
    means = pairs.groupby("title")["value"].mean()
    assert pairs.groupby("title").size().to_dict() == {
        "same initialisation": 2,
        "same data order": 2,
        "neither": 2,
    }
    assert means["same initialisation"] > means["same data order"] > means["neither"]
    assert "init 0" in said(figure)


def test_matrix_is_the_mean_over_corresponding_block_outputs(opened, drawn):
    similarities, _ = opened
    found = matrix(drawn[1], "mean_cka")
    np.testing.assert_array_equal(np.diag(found), 1)
    np.testing.assert_array_equal(found, found.T)
    first, second = similarities.find(CELLS[3]), similarities.find(CELLS[0])
    values = np.diag(similarities.values("cka_minibatch", first, second))
    assert found[0, 3] == pytest.approx(values[first.block_outputs].mean())


def test_overlaps_are_of_dominant_images(drawn):
    found = matrix(drawn[1], "dominant_overlap")
    np.testing.assert_array_equal(np.diag(found), 1)
    assert found[0, 1] > found[0, 2]


def test_frames_mark_what_pairs_share(drawn):
    colours = [patch.get_edgecolor() for patch in drawn[0].axes[0].patches]
    assert sorted(colours.count(colour) for colour in set(colours)) == [4, 4]


def test_networks_that_are_not_crossed_are_refused(opened):
    files = study()
    with pytest.raises(InputError, match="have other layers"):
        draw_orders(
            Similarities.open(files["similarity"]),
            Stores.open(files["stores"]),
            OrdersLayout(cells=(Cell(depth=8, seed=0), Cell(depth=LARGE, seed=0))),
        )
    with pytest.raises(InputError, match="the same seed and data order"):
        draw_orders(*opened, OrdersLayout(cells=(CELLS[0], CELLS[0])))


def test_comparison_that_is_absent_is_said(opened):
    _, stores = opened
    within = Similarities.open(crossed_study()["similarity"][:-1])
    with pytest.raises(InputError, match="give the file that does"):
        draw_orders(within, stores, OrdersLayout(cells=CELLS))


def test_dots_of_equal_values_stand_apart():
    places = spread([0.5] * 7, 1.0)
    assert np.diff(np.sort(places)).min() > 0.05
    assert np.abs(places).max() <= 0.5
    np.testing.assert_array_equal(places, spread([0.5] * 7, 1.0))
    assert spread([3.0], 1.0).tolist() == [0]
