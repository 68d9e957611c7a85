"""CKA within and across seeds by condition, in triangles (paper A, Fig I.1 and I.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import pandas as pd
from matplotlib.figure import Figure

from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import accuracy_text, cell_titles, fit_warning, measure_label
from repatlas.figures.layouts.triangle import TriangleCondition, TriangleLayout
from repatlas.figures.marks import KEY_HEIGHT, draw_key, draw_title, fitting
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, LARGE, NORMAL, SMALL, WARNING, styled

LEFT, GAP, LARGEST = 0.52, 0.62, 4.2
"""Inches before the first triangle, between triangles, and of a triangle at most."""
TITLE, TICKS, BETWEEN, LETTER = 0.42, 0.36, 0.1, 0.25
"""Inches above and below a triangle, and between its maps: across, and down for the letters."""


@dataclass(frozen=True)
class Triangle:
    """The place of one triangle, in inches from the page's top-left corner."""

    left: float
    top: float
    side: float

    def box(self, row: int, column: int) -> Box:
        """Frame of one of its maps."""
        top = self.top + row * (self.side + LETTER)
        return Box(self.left + column * (self.side + BETWEEN), top, self.side, self.side)


@styled
def draw_triangle(
    similarities: Similarities, layout: TriangleLayout
) -> tuple[Figure, pd.DataFrame]:
    """One triangle a condition: within each seed on its diagonal, across seeds below it.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are the measure of CKA,
        ``train_accuracy`` and ``test_accuracy`` (of each seed, with its map on the diagonal).

    Raises
    ------
    InputError
        The files do not hold a network of the layout, or do not compare two of one condition.
    """
    number = min(layout.columns, len(layout.conditions))
    columns = Columns(number, LEFT, GAP, BAR_ROOM, LARGEST)
    most = max(len(condition.cells) for condition in layout.conditions)
    side = (columns.width - (most - 1) * BETWEEN) / most
    lines = _lines(layout, number)
    heights = [_height(line, side) for line in lines]
    tops = list(accumulate((TITLE + height + TICKS for height in heights), initial=0.0))
    bottom = tops.pop()
    sheet = Sheet.of_height(bottom + KEY_HEIGHT + footer_height(int(layout.scale_note)))
    panels = Panels(sheet, similarities, layout, layout.layers)
    for top, line in zip(tops, lines, strict=True):
        for column, condition in enumerate(line):
            triangle = Triangle(columns.edge(column), top + TITLE, side)
            _draw_triangle(panels, triangle, condition)
    panels.colour_bar(columns.end, TITLE, heights[0], measure_label(layout.measure))
    draw_key(sheet, bottom)
    panels.notes()
    return sheet.figure, panels.table()


def _lines(layout: TriangleLayout, number: int) -> list[tuple[TriangleCondition, ...]]:
    """Conditions side by side, line by line."""
    conditions = layout.conditions
    return [conditions[start : start + number] for start in range(0, len(conditions), number)]


def _height(line: Sequence[TriangleCondition], side: float) -> float:
    """Height of the tallest triangle of a line."""
    most = max(len(condition.cells) for condition in line)
    return most * side + (most - 1) * LETTER


def _draw_triangle(panels: Panels, triangle: Triangle, condition: TriangleCondition) -> None:
    networks = panels.similarities.find_all(condition.cells)
    names = _seed_names(networks, condition)
    last = len(networks) - 1
    panels.sheet.text(
        triangle.left, triangle.top - TITLE + 0.03, condition.title,
        fontsize=LARGE, fontweight="bold",
    )  # fmt: skip
    for row, below in enumerate(networks):
        for column, left in enumerate(networks[: row + 1]):
            name = names[row] if row == column else f"{names[column]} against {names[row]}"
            title = f"{condition.title}: {name}"
            box = triangle.box(row, column)
            axes = box.axes(panels.sheet)
            letter = panels.next_letter()
            x, y = panels.axis(left), panels.axis(below)
            values = panels.similarities.values(panels.layout.measure, below, left)
            values = values[y.layers][:, x.layers]
            panels.map_of(axes, letter, title, panels.layout.measure, values, x, y)
            draw_title(axes, letter, points=6.5)
            axes.tick_params(labelbottom=row == last, labelleft=column == 0)
            if row == last:
                axes.set_xlabel(f"layer, {names[column]}")
            if column == 0:
                axes.set_ylabel(f"layer, {names[row]}")
            if row == column:
                panels.show(letter, title, below)
    _accuracies(panels, triangle, networks, names)


def _seed_names(networks: list[Network], condition: TriangleCondition) -> list[str]:
    """Seeds where they alone tell the networks of a condition apart."""
    seeds = [network.run.seed for network in networks]
    if len(set(seeds)) == len(seeds) and not any(cell.name for cell in condition.cells):
        return [f"seed {seed}" for seed in seeds]
    return cell_titles(networks, condition.cells)


def _accuracies(
    panels: Panels, triangle: Triangle, networks: list[Network], names: list[str]
) -> None:
    """Label and accuracies of the seeds, in the empty corner above the diagonal."""
    box = triangle.box(0, 1)
    room = triangle.box(0, len(networks)).left - box.left - 0.1
    line = 1.45 * SMALL / 72
    labels = " and ".join(dict.fromkeys(network.run.label for network in networks))
    panels.sheet.text(box.left + 0.1, box.top, labels, fontsize=NORMAL)
    top = box.top + 0.04 + line
    for network, name in zip(networks, names, strict=True):
        warning = fit_warning([network], panels.layout.least_train_accuracy)
        named = f"{name}, {warning}" if warning else name
        told = [f"{named}: {accuracy_text(network)}"]
        if fitting(told[0], SMALL, room) < SMALL:
            told = told[0].split(": ")
        colour = WARNING if warning else FAINT
        panels.sheet.text(
            box.left + 0.1, top, "\n".join(told), fontsize=SMALL, color=colour, linespacing=1.35
        )
        top += line * len(told) + 0.02
