"""Figures of kernels, of other measures, and of translated examples."""

from typing import get_args

import numpy as np
import pytest
from figure_checks import check_figure, said
from figure_files import records, removal_study
from test_figures_maps import drawn_map

from repatlas.figures.block_structure.measures import draw_measures
from repatlas.figures.block_structure.outliers import draw_outliers
from repatlas.figures.layouts.measures import (
    KernelsLayout,
    MeasureName,
    MeasuresLayout,
    MeasuresRow,
)
from repatlas.figures.layouts.outliers import OutliersLayout
from repatlas.figures.records import Records
from repatlas.figures.spec import Cell
from repatlas.records import read_record
from repatlas.similarity.measures import MEASURES, Measures, Outliers


def rows():
    probes = [removal_study()["probes"][number] for number in (0, 2, 3)]
    titles = ("nothing removed", "dominant 10 % removed", "random 10 % removed")
    return tuple(
        MeasuresRow(title=title, cell=Cell(seed=0, probe=probe), control=title.startswith("random"))
        for title, probe in zip(titles, probes, strict=True)
    )


@pytest.fixture(scope="module")
def measures():
    return Records.open(records()["measures"], Measures)


def test_kernels_before_and_after_removal(measures):
    figure, table = draw_measures(measures, KernelsLayout(rows=rows()))
    check_figure(figure)
    before, after, _ = (read_record(Measures, path) for path in records()["measures"])
    for panel, record, kernel in (("a", before, "cka_linear"), ("g", after, "cka_rbf_0.5")):
        np.testing.assert_array_equal(drawn_map(table, panel, kernel), record.of(kernel))
    shown = table.loc[table["quantity"] == "cka_linear", "x"]
    assert sorted(shown.unique()) == before.outputs.tolist()
    assert said(figure).split("\n").count("control") == 1


def test_measure_that_a_record_lacks_is_said_and_not_drawn(measures):
    figure, table = draw_measures(measures, MeasuresLayout(rows=rows()[:1]))
    check_figure(figure)
    assert "not\nmeasured" in said(figure)
    assert "soft_matching" not in set(table["quantity"])
    assert len([axes for axes in figure.axes if axes.get_images()]) == 6


def test_measures_of_layouts_are_those_of_records():
    assert get_args(MeasureName) == tuple(MEASURES)


def test_curves_and_limits_of_translated_examples():
    opened = Records.open(records()["outliers"], Outliers)
    figure, table = draw_outliers(opened, OutliersLayout(cells=(Cell(),)))
    check_figure(figure)
    record = opened.find(Cell())
    curve = table[(table["quantity"] == "cka_biased") & (table["moved"] == 10)]
    np.testing.assert_array_equal(curve["value"], record.cka[1])
    np.testing.assert_array_equal(curve["distance"], record.distances)
    limit = table[table["quantity"] == "limit"]
    np.testing.assert_array_equal(limit["value"], record.limit)
    assert np.isinf(limit["distance"]).all()
    assert "moved, of 64:" in said(figure)


def test_panels_of_translated_examples_go_on_in_a_further_line():
    opened = Records.open(records()["outliers"], Outliers)
    layout = OutliersLayout(cells=(Cell(),) * 3, columns=2)
    figure, table = draw_outliers(opened, layout)
    check_figure(figure)
    assert table["panel"].nunique() == 3
