"""Correlations of the units of two networks in the order of their tree, which stands above them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle
from scipy.cluster.hierarchy import dendrogram

from repatlas.figures.marks import draw_title
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Sheet
from repatlas.figures.style import FAINT, INK, NORMAL
from repatlas.figures.units.blocks import SIDES
from repatlas.figures.units.clustered import Block, ClusteredUnits
from repatlas.figures.units.group import Pair
from repatlas.figures.units.matrices import draw_correlation_bar, draw_correlation_map
from repatlas.figures.units.tables import unit_rows

TITLE, TREE, STRIP, GAP, SIDE = 0.26, 0.66, 0.06, 0.03, 3.0
"""Inches above the tree, of the tree, of the strips of networks, about these, of the matrix."""
MATRIX_HEIGHT = TITLE + TREE + SIDE + 2 * GAP + STRIP
MATRIX_WIDTH = STRIP + GAP + SIDE


def draw_tree_matrix(
    sheet: Sheet,
    left: float,
    top: float,
    letter: str,
    layer: str,
    units: ClusteredUnits,
    marked: Mapping[str, Block],
    pair: Pair,
) -> pd.DataFrame:
    """Draw the matrix with its tree, strips that tell the networks, and frames about clusters.

    Parameters
    ----------
    marked
        Mixed clusters whose frames have letters; the others have thin frames.

    Returns
    -------
    table
        Quantities ``correlation``, ``cluster`` of each unit in the order drawn, and
        ``merge_height``.
    """
    start = left + STRIP + GAP
    tree = Box(start, top + TITLE, SIDE, TREE).axes(sheet)
    _draw_tree(tree, units)
    draw_title(tree, letter, f"{layer}: units of both networks by their tree")
    above = top + TITLE + TREE + GAP
    box = Box(start, above, SIDE, SIDE)
    axes = box.axes(sheet)
    draw_correlation_map(axes, units.correlation)
    axes.set(xticks=[], yticks=[])
    _draw_frames(axes, units, marked)
    _draw_strip(Box(left, above, STRIP, SIDE).axes(sheet), units.side[:, None])
    _draw_strip(Box(start, above + SIDE + GAP, SIDE, STRIP).axes(sheet), units.side[None])
    draw_correlation_bar(sheet, box, dead=False)
    return _rows(letter, layer, units, pair)


def _draw_tree(axes: Axes, units: ClusteredUnits) -> None:
    """Dendrogram whose leaves stand at the whole numbers."""
    found = dendrogram(units.tree, no_plot=True)
    # scipy's leaves stand at 5, 15, 25, ...
    lines = np.stack([np.array(found["icoord"]) / 10 - 0.5, np.array(found["dcoord"])], axis=2)
    axes.add_collection(LineCollection(list(lines), colors=FAINT, lw=0.5))
    axes.set(xlim=(-0.5, len(units.unit) - 0.5), ylim=(0, 1.04 * units.tree[:, 2].max()))
    axes.set_axis_off()


def _draw_frames(axes: Axes, units: ClusteredUnits, marked: Mapping[str, Block]) -> None:
    for block in units.mixed:
        corner, side = block.start - 0.5, block.stop - block.start
        axes.add_patch(Rectangle((corner, corner), side, side, fill=False, ec=INK, lw=0.4))
    # Letters stand by turns at either side, so that those of neighbours do not meet.
    ranked = sorted(marked.items(), key=lambda item: item[1].start)
    for rank, (letter, block) in enumerate(ranked):
        corner, side = block.start - 0.5, block.stop - block.start
        axes.add_patch(Rectangle((corner, corner), side, side, fill=False, ec=INK, lw=1.2))
        place: dict[str, Any] = {"va": "center", "fontsize": NORMAL, "fontweight": "bold"}
        count = len(units.unit)
        before = block.stop > 0.9 * count or (rank % 2 == 1 and block.start > 0.1 * count)
        place["ha"] = "right" if before else "left"
        beside = block.start - 0.5 - 0.02 * count if before else block.stop - 0.5 + 0.02 * count
        axes.text(beside, block.start + side / 2 - 0.5, letter, **place)


def _draw_strip(axes: Axes, sides: np.ndarray) -> None:
    """Which network each unit belongs to."""
    axes.imshow(sides, cmap=ListedColormap(SIDES), vmin=0, vmax=1, aspect="auto")
    axes.set_axis_off()


def _rows(letter: str, layer: str, units: ClusteredUnits, pair: Pair) -> pd.DataFrame:
    names, count = [pair.names[side] for side in units.side], len(units.unit)
    correlations = unit_rows(
        letter, layer, "correlation", units.correlation.ravel(),
        first=np.repeat(names, count).tolist(), second=names * count,
        unit=np.repeat(units.unit, count), match=np.tile(units.unit, count),
    )  # fmt: skip
    members = unit_rows(letter, layer, "cluster", units.cluster, first=names, unit=units.unit)
    heights = unit_rows(letter, layer, "merge_height", units.tree[:, 2])
    return pd.concat([correlations, members, heights], ignore_index=True)
