"""The best and the worst matches of a layer."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from repatlas.figures.units.group import Pair
from repatlas.figures.units.tables import unit_rows
from repatlas.figures.units.tiles import ShownUnit, Tiles

COLUMNS = ("unit", "greedy", "greedy_value", "greedy_heldout")
"""Of a table of matches, what makes a `Match`."""


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
    def all(self) -> tuple[Match, ...]:
        """Both."""
        return self.best + self.worst


def extremes(rows: pd.DataFrame, count: int) -> Extremes:
    """Best and worst semi-matches of live units, so many each, at most half of all.

    Parameters
    ----------
    rows
        Units of a network matched in another (`repatlas.figures.units.matched.of_pair`).
    """
    live = rows[~rows["dead"]].sort_values("greedy_value", ascending=False, kind="stable")
    columns = [live[name].tolist() for name in COLUMNS]
    matches = [Match(*row) for row in zip(*columns, strict=True)]
    count = min(count, len(matches) // 2)
    return Extremes(tuple(matches[:count]), tuple(matches[len(matches) - count :]))


def extremes_rows(
    panel: str, quantities: Sequence[str], tiles: Tiles, found: Extremes, pair: Pair
) -> Iterator[pd.DataFrame]:
    """Rows of the numbers above pairs, named by ``quantities``, and of their patches."""
    for match in found.all:
        values = (match.value, match.heldout)[: len(quantities)]
        yield unit_rows(
            panel, tiles.layer.title, quantities, values,
            first=pair.names[0], second=pair.names[1], unit=match.unit, match=match.match,
        )  # fmt: skip
        for unit in match.shown(pair):
            yield tiles.rows(panel, unit)
