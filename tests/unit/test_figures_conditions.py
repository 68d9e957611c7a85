"""Figures that compare ways of training: triangles of seeds, and accuracies."""

import numpy as np
import pandas as pd
import pytest
from figure_checks import check_figure, said
from figure_files import LARGE, SMALL, study
from scipy.stats import t as student
from test_figures_maps import drawn_map

from repatlas.errors import InputError
from repatlas.figures.block_structure.accuracies import ConditionAccuracy
from repatlas.figures.block_structure.accuracy import draw_accuracy
from repatlas.figures.block_structure.triangle import draw_triangle
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.layouts.accuracy import AccuracyCondition, AccuracyGroup, AccuracyLayout
from repatlas.figures.layouts.triangle import TriangleCondition, TriangleLayout
from repatlas.figures.spec import Cell

SMALL_0, SMALL_1 = Cell(depth=SMALL, seed=0), Cell(depth=SMALL, seed=1)
LARGE_0, LARGE_1 = Cell(depth=LARGE, seed=0), Cell(depth=LARGE, seed=1)


@pytest.fixture(scope="module")
def similarities():
    return Similarities.open(study()["similarity"])


def triangles(**options):
    conditions = (
        TriangleCondition(title="standard", cells=(LARGE_0, LARGE_1)),
        TriangleCondition(title="transfer", cells=(SMALL_0, SMALL_1)),
    )
    return TriangleLayout(conditions=conditions, **options)


@pytest.mark.parametrize(("columns", "layers"), [(2, "all"), (1, "block_output")])
def test_triangle_has_seeds_on_its_diagonal_and_pairs_below(similarities, columns, layers):
    layout = triangles(columns=columns, layers=layers)
    figure, table = draw_triangle(similarities, layout)
    check_figure(figure)
    first, second = similarities.find(LARGE_0), similarities.find(LARGE_1)
    shown = np.arange(93) if layers == "all" else np.flatnonzero(first.block_outputs)
    for panel, y, x in (("a", first, first), ("b", second, first), ("c", second, second)):
        expected = similarities.values("cka_minibatch", y, x)[np.ix_(shown, shown)]
        np.testing.assert_array_equal(drawn_map(table, panel), expected)
    below = figure.axes[1]
    assert (below.get_xlabel(), below.get_ylabel()) == ("layer, seed 0", "layer, seed 1")
    a, b, c = (axes.get_position() for axes in figure.axes[:3])
    assert a.x0 == b.x0 < c.x0
    assert a.y0 > b.y0 == c.y0


def test_triangle_tells_accuracies_and_what_did_not_fit(similarities):
    text = said(draw_triangle(similarities, triangles())[0])
    assert "train 60.0 · test 50.0 %" in text
    assert text.count("did not fit") == 1


def test_triangle_of_networks_that_no_file_compares(similarities):
    condition = TriangleCondition(title="both", cells=(LARGE_0, SMALL_0))
    with pytest.raises(InputError, match="none of the --similarity files compares"):
        draw_triangle(similarities, TriangleLayout(conditions=(condition,)))


def network(train, test):
    run = Similarities.open(study()["similarity"][:1]).find(SMALL_0)
    return Network(**{**vars(run), "train_accuracy": train, "test_accuracy": test})


def accuracy(*pairs):
    return ConditionAccuracy("RN-8", "standard", tuple(network(*pair) for pair in pairs))


def test_mean_spread_and_interval_of_seeds():
    found = accuracy((1.0, 0.80), (0.9, 0.84), (1.0, 0.85))
    assert found.mean == pytest.approx(83)
    assert found.spread == pytest.approx(np.std([80, 84, 85], ddof=1))
    expected = student.interval(0.95, 2, 83, found.spread / np.sqrt(3))
    assert found.interval == pytest.approx(expected)


def test_one_seed_has_no_interval():
    found = accuracy((1.0, 0.8))
    assert np.isnan([found.spread, *found.interval]).all()
    assert found.mean == 80


def accuracies(**options):
    conditions = (
        AccuracyCondition(title="standard", cells=(LARGE_0, LARGE_1)),
        AccuracyCondition(title="PC regularisation", cells=(SMALL_0, SMALL_1)),
        AccuracyCondition(title="Shake-Shake", cells=(SMALL_0,)),
    )
    groups = (AccuracyGroup(title="RN-26 1x, photos", conditions=conditions),)
    return AccuracyLayout(groups=groups, **options)


def test_table_of_accuracies_holds_the_headers_of_the_files(similarities):
    figure, table = draw_accuracy(similarities, accuracies())
    check_figure(figure)
    test = table[(table["quantity"] == "test_accuracy")]
    assert test["value"].tolist() == pytest.approx([85, 85, 85, 50, 85])
    assert test["seed"].tolist() == [0, 1, 0, 1, 0]
    mean = table[table["quantity"] == "test_mean"].set_index("condition")["value"]
    assert mean.to_dict() == pytest.approx(
        {"standard": 85, "PC regularisation": 67.5, "Shake-Shake": 85}
    )
    single = table[(table["condition"] == "Shake-Shake") & (table["quantity"] == "test_sd")]
    assert pd.isna(single["value"].item())


def test_numbers_beside_the_dots(similarities):
    text = said(draw_accuracy(similarities, accuracies())[0]).split("\n")
    assert "67.5 ± 24.75" in text
    assert text.count("85.0 ± 0.00") == 1
    assert "80.0 did not fit" in text
    assert "85.0" in text


def test_dots_lie_at_the_accuracies(similarities):
    axes = draw_accuracy(similarities, accuracies())[0].axes[0]
    dots = [line.get_xdata() for line in axes.lines if line.get_markersize() == 3]
    assert [sorted(np.asarray(values).tolist()) for values in dots] == [[85, 85], [50, 85], [85]]
    assert axes.get_xlim()[1] <= 101
