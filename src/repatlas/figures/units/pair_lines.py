"""Lines of pairs of matched units, the best and the worst of a layer."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from repatlas.figures.marks import draw_row_title
from repatlas.figures.sheet import Columns, Sheet
from repatlas.figures.style import FAINT, LARGE, SMALL
from repatlas.figures.units.group import Group, Pair
from repatlas.figures.units.heads import draw_heads
from repatlas.figures.units.tables import unit_rows
from repatlas.figures.units.tiles import ShownUnit, Tiles

LEFT, GAP, RIGHT, LARGEST = 0.66, 0.1, 0.1, 1.0
"""Inches before the first pair, between two, behind the last, and of a pair at most."""
APART = 0.04
"""Inches between the two units of a pair."""
TEXT, BELOW = 0.15, 0.04
"""Inches above a line of pairs for their numbers, and below it."""

SIDES = ("left", "right")


@dataclass(frozen=True)
class Match:
    """A unit of the first network with its match in the second.

    Attributes
    ----------
    unit, match
        Their numbers.
    value, heldout
        Criterion where the match was found, and on the other images; NaN without those.
    """

    unit: int
    match: int
    value: float
    heldout: float

    @property
    def told(self) -> str:
        """The criterion, on both parts of the images if they are known."""
        numbers = (self.value, self.heldout)
        return " · ".join(f"{number:.2f}" for number in numbers if not math.isnan(number))

    def shown(self, pair: Pair) -> tuple[ShownUnit, ShownUnit]:
        """Both units, to be drawn."""
        return (
            ShownUnit(pair.first, pair.names[0], self.unit),
            ShownUnit(pair.second, pair.names[1], self.match),
        )


@dataclass(frozen=True)
class Extremes:
    """Best and worst matches of a layer, each from better to worse."""

    best: tuple[Match, ...]
    worst: tuple[Match, ...]

    @property
    def units(self) -> tuple[Match, ...]:
        """All of them."""
        return self.best + self.worst


def extremes(rows: pd.DataFrame, count: int) -> Extremes:
    """Best and worst semi-matches of live units, so many each, at most half of all.

    Parameters
    ----------
    rows
        Units of a network matched in another (`repatlas.figures.units.matched.of_pair`).
    """
    live = rows[~rows["dead"]].sort_values("greedy_value", ascending=False, kind="stable")
    matches = [
        Match(int(row.unit), int(row.greedy), float(row.greedy_value), float(row.greedy_heldout))
        for row in live.itertuples()
    ]
    count = min(count, len(matches) // 2)
    return Extremes(tuple(matches[:count]), tuple(matches[len(matches) - count :]))


def pair_columns(count: int) -> Columns:
    """Columns of a line of so many pairs."""
    return Columns(count, LEFT, GAP, RIGHT, LARGEST)


def layer_height(columns: Columns) -> float:
    """Inches that the two lines of a layer take."""
    return 2 * (TEXT + _side(columns) + BELOW)


def draw_pair_heads(sheet: Sheet, columns: Columns, group: Group, pair: Pair, least: float) -> None:
    """Say on top which network stands at which side of a pair, and how well it was trained."""
    first, second = (f"{side}, {name}" for side, name in zip(SIDES, pair.names, strict=True))
    named = dict(zip((first, second), pair.networks, strict=True))
    draw_heads(sheet, columns.edge(0), group.label, named, least)


def draw_extremes(
    sheet: Sheet,
    columns: Columns,
    top: float,
    panel: str,
    tiles: Tiles,
    found: Extremes,
    pair: Pair,
) -> None:
    """Two lines, the best pairs above the worst, each pair under its number or numbers."""
    side, height = _side(columns), layer_height(columns)
    sheet.text(columns.margin + 0.02, top, panel, fontsize=LARGE, fontweight="bold")
    draw_row_title(sheet, columns.margin + 0.14, top + height / 2, tiles.layer.title)
    for line, (name, matches) in enumerate((("best", found.best), ("worst", found.worst))):
        above = top + line * height / 2
        place: dict[str, Any] = {"rotation": 90, "va": "center", "fontsize": SMALL, "color": FAINT}
        sheet.text(columns.margin + 0.44, above + TEXT + side / 2, name, **place)
        units: dict[float, ShownUnit] = {}
        for column, match in enumerate(matches):
            left = columns.edge(column)
            middle = left + columns.width / 2
            sheet.text(middle, above + 0.03, match.told, ha="center", fontsize=SMALL)
            first, second = match.shown(pair)
            start = left - columns.edge(0)
            units |= {start: first, start + side + APART: second}
        tiles.draw_line(sheet, columns.edge(0), above + TEXT, side, units)


def _side(columns: Columns) -> float:
    return (columns.width - APART) / 2


def extremes_rows(
    panel: str, quantities: Sequence[str], tiles: Tiles, found: Extremes, pair: Pair
) -> Iterator[pd.DataFrame]:
    """Rows of the numbers above pairs, named by ``quantities``, and of their patches."""
    for match in found.units:
        values = (match.value, match.heldout)[: len(quantities)]
        yield unit_rows(
            panel, tiles.layer.title, quantities, values,
            first=pair.names[0], second=pair.names[1], unit=match.unit, match=match.match,
        )  # fmt: skip
        for unit in match.shown(pair):
            yield tiles.rows(panel, unit)
