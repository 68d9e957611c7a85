"""Most and least active units of every network ("Convergent Learning", Fig S.11)."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import draw_row_title, letters, wrapped
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, LARGE, PAGE_WIDTH, SMALL, styled
from repatlas.figures.units.group import Group, layers_shown
from repatlas.figures.units.heads import draw_heads, heads_height
from repatlas.figures.units.ranked import Ranked
from repatlas.figures.units.tables import accuracy_rows, unit_rows
from repatlas.figures.units.tiles import ShownUnit, Tiles
from repatlas.units.gathered import GatheredUnits
from repatlas.units.moments import UnitMoments

HALVES = Columns(2, left=0.9, gap=0.2, right=0.1)
"""The most and the least active units."""
TITLES = ("most active", "least active")
NAME, GAP, LARGEST = 0.42, 0.05, 0.6
"""Inches from the left edge to the names of networks, between units, and of a unit at most."""
TITLE, TEXT, BELOW, BETWEEN = 0.2, 0.14, 0.05, 0.1
"""Inches above the first line of a layer, above each for its numbers, below it, between layers."""
MOST = 2
"""Layers shown where the layout names none."""
NOTE = (
    "Units by the parts of images at which they are most active; grey: beyond an image's edge. "
    "Above, their mean activation over images and positions. Dead units, left out: {dead}."
)


@dataclass(frozen=True)
class Line:
    """A line of one network in one layer.

    Attributes
    ----------
    network
        Place of the network.
    halves
        The most and the least active units with their mean activations, both falling.
    dead
        Number of dead units.
    """

    network: int
    halves: tuple[dict[ShownUnit, float], dict[ShownUnit, float]]
    dead: int

    @property
    def units(self) -> list[ShownUnit]:
        """All units shown."""
        return [unit for half in self.halves for unit in half]


@styled
def draw_activity(
    gathered: GatheredUnits, data: str | os.PathLike[str], layout: UnitsLayout
) -> tuple[Figure, pd.DataFrame]:
    """One line a network in every layer (the first two if none is named).

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are ``mean_activation`` (of the
        units shown), ``top_activation``, ``dead_units`` and accuracies.

    Raises
    ------
    InputError
        A layer or an image is absent.
    """
    group = Group.of(gathered.networks)
    titles = [layer.title for layer in gathered.layers]
    shown = {
        layer: _lines(gathered.moments(layer), group, layout.count)
        for layer in layers_shown(titles, layout, MOST)
    }
    most = max(len(half) for lines in shown.values() for line in lines for half in line.halves)
    columns = Columns(max(most, 1), 0, GAP, PAGE_WIDTH - HALVES.width, LARGEST)
    pitch = TEXT + columns.width + BELOW
    height = TITLE + len(group.networks) * pitch + BETWEEN
    head = heads_height(group.label, len(group.networks))
    sheet = Sheet.of_height(head + len(shown) * height + footer_height(1 + layout.scale_note))
    named = dict(zip(group.names, group.networks, strict=True))
    draw_heads(sheet, HALVES.left, group.label, named, layout.least_train_accuracy)
    panels, parts, dead = letters(), [accuracy_rows(group.networks, group.names)], []
    for row, (layer, lines) in enumerate(shown.items()):
        top, panel = head + row * height, next(panels)
        sheet.text(0.08, top, panel, fontsize=LARGE, fontweight="bold")
        draw_row_title(sheet, 0.1, top + (TITLE + height - BETWEEN) / 2, titles[layer])
        for half, title in enumerate(TITLES):
            sheet.text(HALVES.edge(half), top, title, fontsize=LARGE)
        tiles = Tiles(gathered, data, layer, [unit for line in lines for unit in line.units])
        for line in lines:
            above = top + TITLE + line.network * pitch
            _draw_line(sheet, columns, above, line, tiles, group.names[line.network])
            parts += _rows(panel, line, tiles, group.names[line.network])
        dead.append(f"{titles[layer]} {', '.join(str(line.dead) for line in lines)}")
    sheet.footer(
        NOTE.format(dead="; ".join(dead)),
        *([scale_text(group.networks)] if layout.scale_note else []),
    )
    return sheet.figure, pd.concat(parts, ignore_index=True)


def _lines(moments: UnitMoments, group: Group, count: int) -> list[Line]:
    """Most and least active live units of every network, so many each, at most half of all."""
    lines = []
    for network, name in enumerate(group.names):
        ranked = Ranked.of(moments, network)
        units = {
            ShownUnit(network, name, int(unit)): float(mean)
            for unit, mean in zip(ranked.units, ranked.means, strict=True)
        }
        own, every = min(count, len(units) // 2), list(units.items())
        lines.append(
            Line(network, (dict(every[:own]), dict(every[len(every) - own :])), ranked.dead)
        )
    return lines


def _draw_line(
    sheet: Sheet, columns: Columns, top: float, line: Line, tiles: Tiles, name: str
) -> None:
    """Name of a network, and its units under their mean activations."""
    side = columns.width
    middle = top + TEXT + side / 2
    told = wrapped(name, HALVES.left - NAME, SMALL)
    sheet.text(NAME, middle, told, va="center", fontsize=SMALL, color=FAINT)
    for half, units in enumerate(line.halves):
        left = HALVES.edge(half)
        starts = [column * (side + GAP) for column in range(len(units))]
        for start, mean in zip(starts, units.values(), strict=True):
            place = left + start + side / 2
            told = f"{mean:#.3g}".rstrip(".")
            sheet.text(place, top + 0.02, told, ha="center", fontsize=SMALL)
        if units:
            placed = dict(zip(starts, units, strict=True))
            tiles.draw_line(sheet, left, top + TEXT, side, placed)


def _rows(panel: str, line: Line, tiles: Tiles, name: str) -> Iterator[pd.DataFrame]:
    """Rows of a line: mean activations, those at the patches, number of dead units."""
    title = tiles.layer.title
    for half in line.halves:
        for unit, mean in half.items():
            yield unit_rows(panel, title, "mean_activation", mean, first=name, unit=unit.unit)
            yield tiles.rows(panel, unit)
    yield unit_rows(panel, title, "dead_units", line.dead, first=name)
