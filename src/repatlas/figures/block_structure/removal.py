"""CKA after images are left out of the probe set (paper A, Fig 4), with controls of our own."""

import os

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.removed import Remainder, RemovalRow, removal_rows
from repatlas.figures.images import draw_strip, read_images
from repatlas.figures.inputs import Similarities
from repatlas.figures.labels import cell_titles, measure_label
from repatlas.figures.layouts.removal import RemovalLayout
from repatlas.figures.marks import (
    ABOVE,
    KEY_HEIGHT,
    draw_accuracies,
    draw_column_title,
    draw_key,
    draw_row_title,
    draw_title,
)
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, SMALL, VERMILLION, styled
from repatlas.figures.tables import rank_rows

LEFT, GAP, LARGEST = 0.66, 0.17, 1.5
"""Inches before the first column, between columns, and of a column at most."""
TOP, HEADER, BETWEEN, CURVE, TICKS, BELOW = 0.5, 0.32, 0.08, 0.45, 0.3, 0.08
"""Inches of the column titles; of a row: its head, map to curve, curve, its axis, below images."""
ACROSS = 3
"""Images side by side."""
KEY = (
    "Below each curve: the images left that project furthest on the first component of the "
    "reference layer (orange line), by which images were removed."
)


@styled
def draw_removal(
    similarities: Similarities,
    stores: Stores,
    data: str | os.PathLike[str],
    layout: RemovalLayout,
) -> tuple[Figure, pd.DataFrame]:
    """One row a network, one column a probe set; in each CKA, share and dominant images.

    The reference layer of a row is that of the whole probe set
    (`repatlas.similarity.dominant.reference_layer`), in every column.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS` and ``sample``. Quantities are the measure of
        CKA, ``first_component_share``, ``rank`` (from 1, for every image shown; x is the reference
        layer), ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        A network, its store on a probe set, or an image is absent.
    """
    drawing = _Drawing(similarities, stores, data, layout)
    drawing.column_titles()
    for number in range(len(drawing.rows)):
        drawing.row(number)
    drawing.panels.colour_bar(
        drawing.columns.end, TOP + HEADER, drawing.side, measure_label(layout.measure)
    )
    draw_key(drawing.panels.sheet, drawing.bottom)
    drawing.panels.notes(KEY)
    return drawing.panels.sheet.figure, drawing.panels.table()


class _Drawing:
    """The figure in the making."""

    def __init__(
        self,
        similarities: Similarities,
        stores: Stores,
        data: str | os.PathLike[str],
        layout: RemovalLayout,
    ) -> None:
        self.layout = layout
        self.rows = removal_rows(similarities, stores, layout)
        self.names = cell_titles([row.whole for row in self.rows], layout.cells)
        shown = {image for row in self.rows for item in row.remainders for image in item.shown}
        self.images = read_images(data, shown)
        self.columns = Columns(len(layout.probes), LEFT, GAP, BAR_ROOM, LARGEST)
        self.side = self.columns.width
        lines = -(-layout.images // ACROSS)
        self.strip = self.side / ACROSS
        self.pitch = HEADER + self.side + BETWEEN + CURVE + TICKS + lines * self.strip + BELOW
        self.bottom = TOP + len(self.rows) * self.pitch
        height = self.bottom + KEY_HEIGHT + footer_height(1 + layout.scale_note)
        self.panels = Panels(Sheet.of_height(height), similarities, layout, layout.layers)

    def column_titles(self) -> None:
        """Title of each column; controls are named so."""
        for column, probe in enumerate(self.layout.probes):
            draw_column_title(
                self.panels.sheet,
                self.columns.edge(column),
                self.side + GAP,
                TOP - 0.05,
                probe.title,
                control=probe.control,
            )

    def row(self, number: int) -> None:
        """All panels of one network."""
        row, name = self.rows[number], self.names[number]
        top = TOP + number * self.pitch + HEADER
        middle = top + (self.side + BETWEEN + CURVE) / 2
        draw_row_title(self.panels.sheet, self.columns.margin, middle, name)
        for column, remainder in enumerate(row.remainders):
            title = f"{name}: {self.layout.probes[column].title}"
            self._cell(row, remainder, column, top, title)

    def _cell(
        self, row: RemovalRow, remainder: Remainder, column: int, top: float, title: str
    ) -> None:
        panels, left = self.panels, self.columns.edge(column)
        letter = panels.next_letter()
        square = self._map(Box(left, top, self.side, self.side), remainder, letter, title)
        lower = Box(left, top + self.side + BETWEEN, self.side, CURVE)
        curve = panels.share_curve(lower, title, remainder.network, letter=letter)
        curve.sharex(square)
        square.tick_params(labelbottom=False)
        curve.set_xlabel(panels.axis_label)
        layers = panels.axis(remainder.network).layers
        if row.reference in layers:
            place = layers.tolist().index(row.reference)
            curve.axvline(place, color=VERMILLION, lw=0.6, zorder=1)
        if column == 0:
            square.set_ylabel(panels.axis_label)
            curve.set_ylabel("share")
            draw_accuracies(square, [row.whole], self.layout.least_train_accuracy)
            panels.show(letter, title, row.whole)
        else:
            square.tick_params(labelleft=False)
            curve.tick_params(labelleft=False)
            text = f"{remainder.count:,} images"
            square.annotate(text, (0, 1), (0, 7), color=FAINT, fontsize=SMALL, **ABOVE)
        panels.add_rows(rank_rows(letter, title, row.reference, remainder.shown))
        self._strips(remainder, left, lower.top + CURVE + TICKS)

    def _map(self, box: Box, remainder: Remainder, letter: str, title: str) -> Axes:
        """Heat map with its letter."""
        panels, network = self.panels, remainder.network
        axes, axis = box.axes(panels.sheet), panels.axis(network)
        values = panels.similarities.values(self.layout.measure, network, network)
        values = values[axis.layers][:, axis.layers]
        panels.map_of(axes, letter, title, self.layout.measure, values, axis)
        draw_title(axes, letter, points=15)
        return axes

    def _strips(self, remainder: Remainder, left: float, top: float) -> None:
        """The images, in lines of three."""
        for start in range(0, len(remainder.shown), ACROSS):
            shown = [self.images[image] for image in remainder.shown[start : start + ACROSS]]
            box = Box(left, top + start // ACROSS * self.strip, self.side, 0.92 * self.strip)
            draw_strip(box.axes(self.panels.sheet), shown, [False] * len(shown), ACROSS)
