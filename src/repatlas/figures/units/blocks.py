"""Single clusters: correlations of their units, and the parts of images that activate these."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from repatlas.figures.marks import draw_title
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Sheet
from repatlas.figures.style import BLUE, ORANGE
from repatlas.figures.units.clustered import MOST, Block, ClusteredUnits
from repatlas.figures.units.group import Pair
from repatlas.figures.units.matrices import draw_correlation_map
from repatlas.figures.units.tiles import ShownUnit, Tiles

SIDES = (BLUE, ORANGE)
"""Colours of the first and the second network."""
NUMBERS, SIDE, TILE, GAP = 0.28, 0.74, 0.5, 0.05
"""Inches of the numbers of units, of the correlations, of a unit's patches, and between these."""
TITLE, BELOW = 0.26, 0.1
"""Inches above a block and below it."""
BLOCK_HEIGHT = TITLE + 2 * TILE + GAP + BELOW
NUMBERED = 8
"""Units of a block whose numbers are written, at most."""


def block_units(units: ClusteredUnits, block: Block, pair: Pair) -> list[list[ShownUnit]]:
    """Units of a block that are shown of the first and of the second network."""
    own, names = (
        slice(block.start, block.stop),
        zip((pair.first, pair.second), pair.names, strict=True),
    )
    return [
        [
            ShownUnit(place, name, int(unit))
            for unit in units.unit[own][units.side[own] == side][:MOST]
        ]
        for side, (place, name) in enumerate(names)
    ]


def draw_block(
    sheet: Sheet,
    left: float,
    top: float,
    letter: str,
    units: ClusteredUnits,
    block: Block,
    tiles: Tiles,
    pair: Pair,
) -> list[pd.DataFrame]:
    """Draw a cluster, units of the first network above those of the second; rows of the table."""
    axes = Box(left + NUMBERS, top + TITLE, SIDE, SIDE).axes(sheet)
    _draw_correlations(axes, units, block)
    counts = np.bincount(units.side[block.start : block.stop], minlength=2).tolist()
    title = f"{counts[0]} + {counts[1]} units, correlation {block.between:.2f}"
    draw_title(axes, letter, title, overhang=72 * MOST * TILE)
    parts = []
    for side, shown in enumerate(block_units(units, block, pair)):
        above = top + TITLE + side * (TILE + GAP)
        start = left + NUMBERS + SIDE + 0.14
        bar = Box(start - 0.06, above, 0.03, TILE).axes(sheet)
        bar.axvspan(0, 1, color=SIDES[side], lw=0)
        bar.set_axis_off()
        for place, unit in enumerate(shown):
            tiles.draw(sheet, Box(start + place * (TILE + GAP), above, TILE, TILE), unit)
            parts.append(tiles.rows(letter, unit))
    return parts


def _draw_correlations(axes: Axes, units: ClusteredUnits, block: Block) -> None:
    """Correlations of the units of a block, numbered in the colours of their networks."""
    own = slice(block.start, block.stop)
    draw_correlation_map(axes, units.correlation[own, own])
    axes.tick_params(length=0)
    axes.set_xticks([])
    numbered = block.stop - block.start <= NUMBERED
    numbers = units.unit[own].tolist() if numbered else []
    axes.set_yticks(range(len(numbers)), numbers)
    for label, side in zip(axes.get_yticklabels(), units.side[own], strict=False):
        label.set_color(SIDES[side])
