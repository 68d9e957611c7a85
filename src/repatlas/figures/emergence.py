"""CKA within networks of growing depth and width (paper A, Fig 1a)."""

import math
from collections.abc import Iterator

import pandas as pd
from matplotlib.figure import Figure

from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import titles
from repatlas.figures.marks import HEADER, KEY_HEIGHT, draw_key, draw_row_title
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.spec import EmergenceLayout
from repatlas.figures.style import styled

LEFT, GAP, TICKS, LARGEST = 0.66, 0.34, 0.2, 1.5

Line = tuple[str, list[Network]]


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
    columns = Columns(max(len(networks) for _, networks in lines), LEFT, GAP, BAR_ROOM, LARGEST)
    pitch = HEADER + columns.width + TICKS
    bottom = len(lines) * pitch + 0.16
    sheet = Sheet.of_height(bottom + KEY_HEIGHT + footer_height(int(layout.scale_note)))
    panels = Panels(sheet, similarities, layout)
    _draw_lines(panels, lines, columns)
    height = (len(lines) - 1) * pitch + columns.width
    panels.colour_bar(columns.end, HEADER, height, "linear CKA")
    draw_key(sheet, bottom)
    panels.notes()
    return sheet.figure, panels.table()


def _lines(similarities: Similarities, layout: EmergenceLayout) -> Iterator[Line]:
    """Title and networks of each line of panels; a row longer than a line is split evenly."""
    for row in layout.rows:
        networks = similarities.find_all(row.cells)
        count = math.ceil(len(networks) / layout.columns)
        length = math.ceil(len(networks) / count)
        for start in range(0, len(networks), length):
            yield row.title, networks[start : start + length]


def _draw_lines(panels: Panels, lines: list[Line], columns: Columns) -> None:
    every = list(dict.fromkeys(network for _, networks in lines for network in networks))
    names = dict(zip(every, titles(every), strict=True))
    side = columns.width
    pitch = HEADER + side + TICKS
    for row, (title, networks) in enumerate(lines):
        top = row * pitch + HEADER
        draw_row_title(panels.sheet, columns.margin, top + side / 2, title)
        below = lines[row + 1][1] if row + 1 < len(lines) else []
        for column, network in enumerate(networks):
            box = Box(columns.edge(column), top, side, side)
            axes = panels.heat_map(box, names[network], network)
            if column >= len(below):
                axes.set_xlabel("layer")
            if column == 0:
                axes.set_ylabel("layer")
