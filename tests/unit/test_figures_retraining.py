"""The figure of retrained networks, from stand-ins that favour known colours."""

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_retrained import DEPTH, RECIPES, retraining_study
from pydantic import ValidationError

from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.retrained import mean_distance, read_retrained
from repatlas.figures.block_structure.retraining import draw_retraining
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.retraining import RetrainingCondition, RetrainingLayout
from repatlas.figures.spec import Cell

TITLES = dict(zip(RECIPES, ("standard", "removed", "recoloured", "random removed"), strict=True))


def layout(seeds=(0, 1), **changes):
    conditions = [
        RetrainingCondition(
            title=title,
            cells=tuple(Cell(depth=DEPTH, training=recipe, seed=seed) for seed in seeds),
        )
        for recipe, title in TITLES.items()
    ]
    return RetrainingLayout(conditions=tuple(conditions), **changes)


@pytest.fixture(scope="module")
def opened():
    files = retraining_study()
    return Similarities.open(files["similarity"]), Stores.open(files["stores"]), files["data"]


@pytest.fixture(scope="module")
def drawn(opened):
    return draw_retraining(*opened, layout(fraction=0.1))


def test_figure_has_a_row_a_condition_and_a_column_a_seed(drawn):
    figure, table = drawn
    check_figure(figure)
    text = said(figure)
    assert all(title in text for title in TITLES.values())
    assert "another seed" in text.splitlines()
    ranks = table[table["quantity"] == "rank"]
    assert ranks.groupby("panel").size().tolist() == [6] * 8


def test_figure_of_a_single_seed_compares_no_seeds(opened):
    two = layout((0,)).model_copy(update={"conditions": layout((0,)).conditions[:2]})
    figure, _ = draw_retraining(*opened, two)
    check_figure(figure)
    assert "another seed" not in said(figure).splitlines()


def test_distance_tells_another_colour_from_the_same(drawn):
    _, table = drawn
    rows = table[table["quantity"] == "color_distance"]

    def distance(other):
        return rows[rows["title"].str.contains(f"and {other}, ")]["value"]

    assert (distance("itself") < 0.2).all()
    assert (distance("random removed") < 0.2).all()
    assert (distance("removed") > 0.3).all()
    assert (distance("recoloured") > 0.3).all()
    overlaps = table[table["quantity"] == "dominant_overlap"]
    same = overlaps["title"].str.contains("random")
    assert overlaps[same]["value"].min() > 0.9 > 0.1 > overlaps[~same]["value"].max()
    assert not overlaps["title"].str.contains("itself").any()


def test_colours_are_those_of_the_dominant_images_in_order(opened, drawn):
    _, table = drawn
    rows = table[(table["panel"] == "a") & (table["quantity"] == "border_blue")]
    found = read_retrained(*opened, layout(fraction=0.1))
    network = found.rows[0][0]
    ranked = np.argsort(-np.abs(network.component))[:6]
    np.testing.assert_array_equal(rows["sample"], network.ids[ranked])
    np.testing.assert_array_equal(rows["value"], found.colors[ranked, 2])
    assert rows["value"].mean() > 0.7


def test_distance_leaves_out_what_it_is_told():
    points = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    itself = np.eye(3, dtype=bool)
    assert mean_distance(points, points, itself) == pytest.approx((2 + 2 + 2 * 2**0.5) / 6)
    assert mean_distance(points[:1], points[1:], np.zeros((1, 2), bool)) == 1


def test_rows_of_unlike_length_are_refused():
    one = RetrainingCondition(title="one", cells=(Cell(seed=0),))
    two = RetrainingCondition(title="two", cells=(Cell(seed=0), Cell(seed=1)))
    with pytest.raises(ValidationError, match="give each row the same seeds"):
        RetrainingLayout(conditions=(one, two))
