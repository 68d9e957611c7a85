"""The sparse map that predicts the units of a network ("Convergent Learning", Fig 4)."""

import os
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from repatlas.figures.heatmap import layer_ticks
from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import draw_title, letters
from repatlas.figures.panels import BAR_WIDTH, Box
from repatlas.figures.sheet import Sheet, footer_height
from repatlas.figures.style import BLUE, ORANGE, styled
from repatlas.figures.units.group import Group, Pair
from repatlas.figures.units.heads import draw_heads, heads_height
from repatlas.figures.units.mapped import at_shown_strength, row_order, targets
from repatlas.figures.units.matrices import correlation_map
from repatlas.figures.units.predictors import draw_targets, targets_height
from repatlas.figures.units.tables import accuracy_rows, unit_rows
from repatlas.units.gathered import GatheredUnits
from repatlas.units.moments import UnitMoments
from repatlas.units.results import SparseMaps

LEFT, SIDE, BAR, BESIDE, WIDTH = 0.5, 2.4, 3.0, 4.15, 2.65
"""Inches: left edge and side of the matrix; left edges of its colour bar and of the panels beside
it, and the width of these."""
TITLE, HEIGHT, BELOW = 0.26, 0.86, 0.46
"""Inches above a panel, of a panel beside the matrix, and below the matrix."""
LARGEST = {
    "top_share": ("largest weight", BLUE),
    "top_three_share": ("largest three", ORANGE),
}
"""Shares drawn, with name and colour."""
NOTE = (
    "Rows of a are in the order of the units that predict them most. b and c: all live units of "
    "all ordered pairs of networks in this layer. Then units evenly spread from the best to the "
    "worst predicted, and their largest weights, by the parts of images that activate them most."
)

Weights = NDArray[np.float64]


@styled
def draw_mapping(
    gathered: GatheredUnits, maps: SparseMaps, data: str | os.PathLike[str], layout: UnitsLayout
) -> tuple[Figure, pd.DataFrame]:
    """The weights of one map, how many and how large they are, and units with their predictors.

    Which map that is stands in the record; of the layout the figure takes the count of units.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`: ``unit`` of ``first`` predicts ``match`` of
        ``second``. Quantities are ``weight``; ``predictors``, ``top_share`` and
        ``top_three_share`` of each unit predicted; ``heldout_error`` and ``shown_weight`` of the
        units shown, ``top_activation`` of their patches; and accuracies.

    Raises
    ------
    InputError
        The files are about different networks, or an image is absent.
    """
    group = Group.matched(gathered.networks, maps.subjects)
    pair = group.pair(UnitsLayout(first=maps.shown_first, second=maps.shown_second))
    layer = [item.title for item in gathered.layers].index(maps.shown_layer)
    shown, letter = targets(maps, layout.count), letters()
    top = heads_height(group.label, len(pair.names)) + TITLE
    middle = top + SIDE + BELOW
    height = middle + targets_height(len(shown)) + footer_height(1 + layout.scale_note)
    sheet = Sheet.of_height(height)
    named = dict(zip(pair.names, pair.networks, strict=True))
    draw_heads(sheet, LEFT, group.label, named, layout.least_train_accuracy)
    upper, lower = (Box(BESIDE, at, WIDTH, HEIGHT) for at in (top, top + SIDE - HEIGHT))
    parts = [
        accuracy_rows(pair.networks, pair.names),
        _draw_weights(sheet, top, next(letter), gathered.moments(layer), maps, pair),
        _draw_counts(upper.axes(sheet), next(letter), maps, group),
        _draw_shares(lower.axes(sheet), next(letter), maps, group),
    ]
    if shown:
        found = {next(letter): target for target in shown}
        parts.append(draw_targets(sheet, middle, found, gathered, data, layer, pair))
    notes = (NOTE, scale_text(pair.networks))
    sheet.footer(*notes[: 1 + layout.scale_note])
    return sheet.figure, pd.concat(parts, ignore_index=True)


def _draw_weights(
    sheet: Sheet, top: float, letter: str, moments: UnitMoments, maps: SparseMaps, pair: Pair
) -> pd.DataFrame:
    """Matrix of the weights, a row a unit predicted; rows of the table."""
    weights = maps.shown_weights.astype(np.float64)
    order = row_order(weights)
    weights[~moments.alive(pair.first)] = np.nan
    weights[:, ~moments.alive(pair.second)] = np.nan
    axes = Box(LEFT, top, SIDE, SIDE).axes(sheet)
    image = axes.imshow(
        np.ma.masked_invalid(weights.T[order]),
        cmap=correlation_map(),
        norm=CenteredNorm(),
        aspect="auto",
        interpolation="auto",
    )
    axes.spines[:].set_visible(False)
    axes.xaxis.set_major_locator(layer_ticks())
    axes.set_yticks([])
    first, second = pair.names
    axes.set(xlabel=f"unit of {first}", ylabel=f"unit of {second}, predicted")
    strength = rf"$\alpha$ = {maps.shown_alpha:.2g}"
    draw_title(axes, letter, f"weights, {maps.shown_layer}, {strength}")
    place = Box(BAR, top, BAR_WIDTH, SIDE).axes(sheet)
    bar = sheet.figure.colorbar(image, cax=place, label="weight")
    bar.outline.set_visible(False)
    bar.locator = MaxNLocator(5)
    return unit_rows(
        letter, maps.shown_layer, "weight", weights.T[order].ravel(), first=first, second=second,
        unit=np.tile(np.arange(len(weights)), len(order)), match=np.repeat(order, len(weights)),
    )  # fmt: skip


def _draw_counts(axes: Axes, letter: str, maps: SparseMaps, group: Group) -> pd.DataFrame:
    """Share of units by how many predict them; rows of the table."""
    counts = maps.predictors[at_shown_strength(maps)]
    draw_title(axes, letter, f"predictors of a unit, median {np.median(counts):g}")
    numbers, units = np.unique(counts, return_counts=True)
    axes.bar(numbers, units / len(counts), width=0.8, color=BLUE, lw=0)
    axes.set_xlim(-0.6, counts.max() + 0.6)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set(xlabel="number of weights other than 0", ylabel="units")
    return _unit_rows(letter, "predictors", counts, maps, group)


def _draw_shares(axes: Axes, letter: str, maps: SparseMaps, group: Group) -> pd.DataFrame:
    """Distribution over units of the part that the largest weights have; rows of the table."""
    draw_title(axes, letter, "part of the largest weights")
    parts = []
    for quantity, (name, colour) in LARGEST.items():
        shares = getattr(maps, quantity)[at_shown_strength(maps)]
        known = shares[np.isfinite(shares)]
        if len(known):
            axes.ecdf(known, color=colour, label=name)
        parts.append(_unit_rows(letter, quantity, shares, maps, group))
    if axes.has_data():
        axes.legend(loc="upper left")
    else:
        middle: dict[str, Any] = {"ha": "center", "va": "center"}
        axes.text(0.5, 0.5, "no unit has a weight", **middle)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), yticks=[0, 0.5, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set(xlabel="part of the sum of all weights, in size", ylabel="units up to it")
    return pd.concat(parts, ignore_index=True)


def _unit_rows(
    letter: str, quantity: str, values: NDArray[Any], maps: SparseMaps, group: Group
) -> pd.DataFrame:
    """Rows of numbers of every unit predicted at the shown strength."""
    own, names = at_shown_strength(maps), np.array(group.names)
    return unit_rows(
        letter, maps.shown_layer, quantity, values, match=maps.unit[own],
        first=names[maps.first[own]].tolist(), second=names[maps.second[own]].tolist(),
    )  # fmt: skip
