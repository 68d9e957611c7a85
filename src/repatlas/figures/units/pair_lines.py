"""Lines of pairs of matched units: of each layer the best above the worst."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from repatlas.figures.marks import draw_row_title
from repatlas.figures.sheet import Columns, Sheet
from repatlas.figures.style import FAINT, LARGE, SMALL
from repatlas.figures.units.extremes import Extremes, Match, extremes_rows
from repatlas.figures.units.group import Group, Pair
from repatlas.figures.units.heads import draw_heads, heads_height
from repatlas.figures.units.tables import accuracy_rows
from repatlas.figures.units.tiles import ShownUnit, Tiles
from repatlas.units.gathered import GatheredUnits

LEFT, GAP, RIGHT, LARGEST = 0.66, 0.1, 0.1, 1.0
"""Inches before the first pair, between two, behind the last, and of a pair at most."""
APART = 0.04
"""Inches between the two units of a pair."""
TEXT, BELOW, BETWEEN = 0.15, 0.04, 0.14
"""Inches above a line for the numbers of its pairs, below it, and between layers."""
SIDES = ("left", "right")


class PairLines:
    """Lines of the best and worst pairs of some layers, below the names of their networks.

    Parameters
    ----------
    group, pair
        The networks, and the two that are shown.
    found
        Best and worst matches by the place of their layer in the file.
    """

    def __init__(self, group: Group, pair: Pair, found: Mapping[int, Extremes]) -> None:
        self.group, self.pair, self.found = group, pair, found
        most = max(len(item.best) for item in found.values())
        self.columns = Columns(max(most, 1), LEFT, GAP, RIGHT, LARGEST)
        self.side = (self.columns.width - APART) / 2
        self.head = heads_height(group.label, 2)
        self.line = TEXT + self.side + BELOW

    @property
    def bottom(self) -> float:
        """Where the last line ends, in inches from the top, with the room below it."""
        return self.head + len(self.found) * (2 * self.line + BETWEEN)

    def draw(
        self,
        sheet: Sheet,
        gathered: GatheredUnits,
        data: str | os.PathLike[str],
        panels: Iterator[str],
        quantities: Sequence[str],
        least: float,
    ) -> list[pd.DataFrame]:
        """Draw it all at the top of a sheet, and give its rows.

        Parameters
        ----------
        data
            Data set of the probe images.
        panels
            Letters, one a layer.
        quantities
            What the numbers of a match are.
        least
            Train accuracy below which a network did not fit.

        Raises
        ------
        InputError
            The data set is absent, damaged, or lacks an image.
        """
        first, second = (
            f"{side}, {name}" for side, name in zip(SIDES, self.pair.names, strict=True)
        )
        named = dict(zip((first, second), self.pair.networks, strict=True))
        draw_heads(sheet, self.columns.edge(0), self.group.label, named, least)
        parts = [accuracy_rows(self.pair.networks, self.pair.names)]
        for row, (layer, found) in enumerate(self.found.items()):
            units = [unit for match in found.all for unit in match.shown(self.pair)]
            tiles, panel = Tiles(gathered, data, layer, units), next(panels)
            self._draw_layer(
                sheet, self.head + row * (2 * self.line + BETWEEN), panel, tiles, found
            )
            parts += extremes_rows(panel, quantities, tiles, found, self.pair)
        return parts

    def _draw_layer(
        self, sheet: Sheet, top: float, panel: str, tiles: Tiles, found: Extremes
    ) -> None:
        """Letter and title of a layer, its best pairs, and its worst."""
        margin = self.columns.margin
        sheet.text(margin + 0.02, top, panel, fontsize=LARGE, fontweight="bold")
        draw_row_title(sheet, margin + 0.14, top + self.line, tiles.layer.title)
        for line, (name, matches) in enumerate((("best", found.best), ("worst", found.worst))):
            above = top + line * self.line
            middle = above + TEXT + self.side / 2
            place: dict[str, Any] = {"va": "center", "fontsize": SMALL, "color": FAINT}
            sheet.text(margin + 0.44, middle, name, rotation=90, **place)
            if matches:
                self._draw_line(sheet, above, tiles, matches)
            else:
                left = self.columns.edge(0)
                sheet.text(left, middle, "fewer than two live units", **place)

    def _draw_line(self, sheet: Sheet, top: float, tiles: Tiles, matches: Sequence[Match]) -> None:
        """Pairs side by side, each under its number or numbers."""
        units: dict[float, ShownUnit] = {}
        for column, match in enumerate(matches):
            left = self.columns.edge(column)
            middle = left + self.columns.width / 2
            sheet.text(middle, top + 0.03, match.told, ha="center", fontsize=SMALL)
            first, second = match.shown(self.pair)
            start = left - self.columns.edge(0)
            units |= {start: first, start + self.side + APART: second}
        tiles.draw_line(sheet, self.columns.edge(0), top + TEXT, self.side, units)
