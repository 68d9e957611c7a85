"""CKA within networks of growing depth and width (paper A, Fig 1a)."""

import math
from collections.abc import Iterator

import pandas as pd
from matplotlib.figure import Figure

from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import measure_label, titles
from repatlas.figures.marks import HEADER, KEY_HEIGHT, draw_key, draw_row_title
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.spec import Cell, EmergenceLayout
from repatlas.figures.style import styled

LEFT, GAP, TICKS, LARGEST = 0.66, 0.34, 0.2, 1.5

Line = tuple[str, list[tuple[str, Network]]]
"""Title of a line of panels, and the title and the network of each panel."""


@styled
def draw_emergence(
    similarities: Similarities, layout: EmergenceLayout
) -> tuple[Figure, pd.DataFrame]:
    """Grid of heat maps over all layers, such as a row for depth and a row for width.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are the measure of CKA,
        ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        The files do not hold a network of the layout.
    """
    lines = list(_lines(similarities, layout))
    columns = Columns(max(len(shown) for _, shown in lines), LEFT, GAP, BAR_ROOM, LARGEST)
    pitch = HEADER + columns.width + TICKS
    bottom = len(lines) * pitch + 0.16
    sheet = Sheet.of_height(bottom + KEY_HEIGHT + footer_height(int(layout.scale_note)))
    panels = Panels(sheet, similarities, layout)
    _draw_lines(panels, lines, columns)
    height = (len(lines) - 1) * pitch + columns.width
    panels.colour_bar(columns.end, HEADER, height, measure_label(layout.measure))
    draw_key(sheet, bottom)
    panels.notes()
    return sheet.figure, panels.table()


def _lines(similarities: Similarities, layout: EmergenceLayout) -> Iterator[Line]:
    """Each line of panels; a row longer than a line is split evenly."""
    cells = [cell for row in layout.rows for cell in row.cells]
    names = _names(similarities, cells)
    for row in layout.rows:
        shown = [
            (cell.name or names[network], network)
            for cell, network in zip(row.cells, similarities.find_all(row.cells), strict=True)
        ]
        count = math.ceil(len(shown) / layout.columns)
        length = math.ceil(len(shown) / count)
        for start in range(0, len(shown), length):
            yield row.title, shown[start : start + length]


def _names(similarities: Similarities, cells: list[Cell]) -> dict[Network, str]:
    """Titles that tell the networks of the whole figure apart, each network counted once."""
    networks = list(dict.fromkeys(similarities.find_all(cells)))
    return dict(zip(networks, titles(networks), strict=True))


def _draw_lines(panels: Panels, lines: list[Line], columns: Columns) -> None:
    side = columns.width
    pitch = HEADER + side + TICKS
    for row, (title, shown) in enumerate(lines):
        top = row * pitch + HEADER
        draw_row_title(panels.sheet, columns.margin, top + side / 2, title)
        below = lines[row + 1][1] if row + 1 < len(lines) else []
        for column, (name, network) in enumerate(shown):
            box = Box(columns.edge(column), top, side, side)
            axes = panels.heat_map(box, name, network)
            if column >= len(below):
                axes.set_xlabel("layer")
            if column == 0:
                axes.set_ylabel("layer")
