"""Units with their strongest predictors, each by the parts of images that activate it most."""

import math
import os
from collections.abc import Iterator
from typing import Any

import pandas as pd

from repatlas.figures.marks import fitting
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet
from repatlas.figures.style import FAINT, LARGE, NORMAL, SMALL
from repatlas.figures.units.group import Pair
from repatlas.figures.units.mapped import STRONGEST, Target
from repatlas.figures.units.tables import unit_rows
from repatlas.figures.units.tiles import ShownUnit, Tiles
from repatlas.units.gathered import GatheredUnits

COLUMNS = Columns(2, left=0.12, gap=0.3, right=0.12)
SIGN, GAP = 0.26, 0.08
"""Inches between a unit and its predictors, and between these."""
SIDE = (COLUMNS.width - SIGN - (STRONGEST - 1) * GAP) / (1 + STRONGEST)
"""Of a unit's patches."""
TITLE, TEXT, BELOW = 0.2, 0.16, 0.16
"""Inches of a title, of the line above patches, and below them."""


def targets_height(count: int) -> float:
    """Inches that so many units with their predictors take."""
    return math.ceil(count / COLUMNS.count) * (TITLE + TEXT + SIDE + BELOW)


def draw_targets(
    sheet: Sheet,
    top: float,
    found: dict[str, Target],
    gathered: GatheredUnits,
    data: str | os.PathLike[str],
    layer: int,
    pair: Pair,
) -> pd.DataFrame:
    """Draw units, two in a line, each with its predictors; give the rows of the table.

    Parameters
    ----------
    found
        The units by letter of the panel.
    data
        The data set from which the probe images come.
    layer
        Place of the layer.
    pair
        The network that predicts, and the one that is predicted.
    """
    shown = [unit for target in found.values() for unit in _units(target, pair)]
    tiles = Tiles(gathered, data, layer, shown)
    parts: list[pd.DataFrame] = []
    for number, (letter, target) in enumerate(found.items()):
        line, column = divmod(number, COLUMNS.count)
        place = Box(COLUMNS.edge(column), top + line * targets_height(1), COLUMNS.width, SIDE)
        _draw_target(sheet, place, letter, target, tiles, pair)
        parts += _rows(letter, target, tiles, pair)
    return pd.concat(parts, ignore_index=True)


def _units(target: Target, pair: Pair) -> list[ShownUnit]:
    """The unit, then its predictors."""
    return [
        ShownUnit(pair.second, pair.names[1], target.unit),
        *(ShownUnit(pair.first, pair.names[0], unit) for unit, _ in target.strongest),
    ]


def _draw_target(
    sheet: Sheet, place: Box, letter: str, target: Target, tiles: Tiles, pair: Pair
) -> None:
    sheet.text(place.left, place.top, letter, fontsize=LARGE, fontweight="bold")
    title = f"unit {target.unit} of {pair.names[1]}"
    many = "" if target.predictors == 1 else "s"
    told = f"error {target.error:.2f}, {target.predictors} predictor{many}"
    room = place.width - 1.55
    sheet.text(place.left + 0.17, place.top, title, fontsize=fitting(title, LARGE, room))
    end: dict[str, Any] = {"ha": "right", "fontsize": SMALL, "color": FAINT}
    sheet.text(place.left + place.width, place.top + 0.02, told, **end)
    above, below = place.top + TITLE, place.top + TITLE + TEXT
    for rank, unit in enumerate(_units(target, pair)):
        left = place.left + rank * SIDE + (SIGN + (rank - 1) * GAP if rank else 0)
        tiles.draw(sheet, Box(left, below, SIDE, SIDE), unit)
        weight = f"{target.strongest[rank - 1][1]:.2f}" if rank else ""
        text = rf"{weight} $\times$ unit {unit.unit}" if rank else ""
        middle: dict[str, Any] = {"ha": "center", "fontsize": SMALL}
        sheet.text(left + SIDE / 2, above + 0.03, text, **middle)
    sign: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": NORMAL + 3}
    sheet.text(place.left + SIDE + SIGN / 2, below + SIDE / 2, "≈", **sign)


def _rows(letter: str, target: Target, tiles: Tiles, pair: Pair) -> Iterator[pd.DataFrame]:
    names, title = {"first": pair.names[0], "second": pair.names[1]}, tiles.layer.title
    yield unit_rows(letter, title, "heldout_error", target.error, **names, match=target.unit)
    for unit, weight in target.strongest:
        yield unit_rows(
            letter, title, "shown_weight", weight, **names, unit=unit, match=target.unit
        )
    for shown in _units(target, pair):
        yield tiles.rows(letter, shown)
