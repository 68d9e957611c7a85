"""Block outputs compared by several measures or kernels (paper A, App. J, and beyond it)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.figures.heatmap import draw_not_measured
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.layers import layer_axis
from repatlas.figures.layouts.measures import MeasureName, MeasuresLayout, MeasuresRow
from repatlas.figures.marks import (
    HEADER,
    draw_accuracies,
    draw_row_title,
    draw_title,
    wrapped,
)
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import NORMAL, styled
from repatlas.similarity.measures import MEASURES, Measures

LEFT, GAP, TICKS, LARGEST = 0.68, 0.12, 0.14, 1.35
"""Inches before the first column, between columns, below a row, and of a column at most."""
NOTE = (
    "Block outputs: outputs of the stem and of each residual block. Ticks above and at the right: "
    "end of a stage."
)


@styled
def draw_measures(
    records: Records[Measures], layout: MeasuresLayout
) -> tuple[Figure, pd.DataFrame]:
    """One row a network on one probe set, one column a measure or a kernel.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are the names of the measures
        (`repatlas.similarity.measures.MEASURES`), ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        No record is about a network of the layout.
    """
    columns = Columns(len(layout.measures), LEFT, GAP, BAR_ROOM, LARGEST)
    titles = [wrapped(MEASURES[name], columns.width + GAP, NORMAL) for name in layout.measures]
    top = 0.06 + (1 + max(title.count("\n") for title in titles)) * 1.2 * NORMAL / 72
    pitch = HEADER + columns.width + TICKS
    bottom = top + len(layout.rows) * pitch + 0.2
    sheet = Sheet.of_height(bottom + footer_height(1 + layout.scale_note))
    panels = Panels(sheet, Similarities(), layout)
    for column, title in enumerate(titles):
        sheet.text(columns.edge(column), top, title, va="bottom", linespacing=1.1)
    for number, spec in enumerate(layout.rows):
        row = _Row(spec, records.network(spec.cell), records.find(spec.cell))
        squares = _draw_row(panels, row, layout, columns, top + number * pitch + HEADER)
    for square in squares:
        square.set_xlabel("block output" if square.get_images() else "")
    height = len(layout.rows) * pitch - HEADER - TICKS
    panels.colour_bar(columns.end, top + HEADER, height, "similarity")
    panels.notes(NOTE)
    return sheet.figure, panels.table()


@dataclass(frozen=True)
class _Row:
    """A row of panels: what the layout says of it, its network and its record."""

    spec: MeasuresRow
    network: Network
    record: Measures


def _draw_row(
    panels: Panels, row: _Row, layout: MeasuresLayout, columns: Columns, top: float
) -> list[Axes]:
    """All measures of one network, with its accuracies above the first."""
    side, title = columns.width, row.spec.title
    lines = wrapped(title, side + HEADER, NORMAL)
    draw_row_title(panels.sheet, columns.margin, top + side / 2, lines, control=row.spec.control)
    squares = []
    for column, measure in enumerate(layout.measures):
        letter = panels.next_letter()
        axes = Box(columns.edge(column), top, side, side).axes(panels.sheet)
        draw_title(axes, letter, points=15)
        _draw_measure(panels, axes, letter, row, measure)
        axes.tick_params(labelleft=column == 0)
        if column == 0:
            least, room = layout.least_train_accuracy, 72 * side
            draw_accuracies(axes, [row.network], least, overhang=room)
            panels.show(letter, title, row.network)
            axes.set_ylabel("block output")
        squares.append(axes)
    return squares


def _draw_measure(panels: Panels, axes: Axes, letter: str, row: _Row, measure: MeasureName) -> None:
    """Heat map of one measure; a grey panel where the record has none."""
    if measure not in row.record.names:
        draw_not_measured(axes)
        return
    axis = layer_axis(row.network, row.record.outputs.astype(np.intp))
    panels.map_of(axes, letter, row.spec.title, measure, row.record.of(measure), axis)
