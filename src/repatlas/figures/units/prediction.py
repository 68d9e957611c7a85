"""How few units predict a unit ("Convergent Learning", Table 1 and Fig S5 to S8)."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import draw_title, letters
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, RULE, styled
from repatlas.figures.units.error_table import draw_error_table, table_height
from repatlas.figures.units.group import Group
from repatlas.figures.units.heads import draw_heads, heads_height
from repatlas.figures.units.layer_axis import layer_colours, layer_handles
from repatlas.figures.units.legend import draw_legend, legend_height
from repatlas.figures.units.predicted import UNEXPLAINED, PredictedLayer, predicted_layers
from repatlas.figures.units.scores import recorded_layers
from repatlas.figures.units.spread import spread_of, spread_rows
from repatlas.figures.units.strength_axis import Floats, draw_strengths, set_strengths
from repatlas.figures.units.tables import accuracy_rows, unit_rows
from repatlas.units.results import SparseMaps

COLUMNS = Columns(2, left=0.5, gap=0.5, right=0.1)
HEIGHT, TITLE, AXIS, GAP = 1.8, 0.26, 0.34, 0.24
"""Inches of the curves, above a panel, of an axis below, and below the legend."""
HIGHEST = 2 * UNEXPLAINED
"""Where the axis of errors ends; maps of few rows may be worse."""
COUNTS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Numbers of predictors at which ticks stand."""
DOTS: dict[str, Any] = {"marker": "o", "ms": 2.6, "mew": 0}
SHUFFLED: dict[str, Any] = {"ls": (0, (2, 1.5)), "lw": 0.7, "ms": 1.8, "mew": 0}
"""How lines are drawn of maps of the same images, and of shuffled ones."""
NOTE = (
    "Error: half the mean squared error in units of the variance, on images on which no map was "
    "found. Means over units and ordered pairs of networks; bands: from the lowest to the highest "
    "pair. Strength 0: least squares, solved exactly. Lines may leave panel a at its top."
)


@styled
def draw_prediction(record: SparseMaps, layout: UnitsLayout) -> tuple[Figure, pd.DataFrame]:
    """Held-out error and number of predictors against the penalty, a line a layer; their table.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`, ``alpha`` (strength for a unit) and
        ``decay`` (the same as the paper gives it). Quantities are the mean over pairs and the
        lowest and the highest pair, ``mean_error``, ``lowest_error`` and ``highest_error``, the
        same of ``predictors`` (median over units), ``mean_shuffled_error``, and accuracies.

    Raises
    ------
    InputError
        A layer is absent.
    """
    group, titles = Group.of(record.subjects), recorded_layers(record, layout)
    layers = predicted_layers(record, titles)
    panels = list(itertools.islice(letters(), 3))
    handles = [
        *layer_handles(titles),
        Line2D([], [], color=FAINT, label="shuffled images", **SHUFFLED),
    ]
    top = heads_height(group.label, len(group.networks)) + TITLE
    middle = top + HEIGHT + AXIS + legend_height(handles) + GAP
    bottom = middle + table_height(len(layers))
    sheet = Sheet.of_height(bottom + footer_height(1 + layout.scale_note))
    named = dict(zip(group.names, group.networks, strict=True))
    draw_heads(sheet, COLUMNS.left, group.label, named, layout.least_train_accuracy)
    parts = [accuracy_rows(group.networks, group.names)]
    for layer in layers:
        parts.append(_rows(panels[0], layer, "error", layer.heldout))
        parts.append(_null_rows(panels[0], layer))
        parts.append(_rows(panels[1], layer, "predictors", layer.predictors))
    alphas = np.unique(np.concatenate([layer.alphas for layer in layers]))
    for place, draw in enumerate((_draw_errors, _draw_predictors)):
        axes = Box(COLUMNS.edge(place), top, COLUMNS.width, HEIGHT).axes(sheet)
        draw(axes, panels[place], layers)
        set_strengths(axes, alphas)
    draw_legend(sheet, top + HEIGHT + AXIS, handles)
    draw_error_table(sheet, middle, panels[2], layers)
    notes = (NOTE, scale_text(group.networks))
    sheet.footer(*notes[: 1 + layout.scale_note])
    return sheet.figure, pd.concat(parts, ignore_index=True)


def _draw_errors(axes: Axes, letter: str, layers: Sequence[PredictedLayer]) -> None:
    """Held-out errors, and those of maps found on shuffled images."""
    draw_title(axes, letter, "error of prediction, held out")
    axes.axhline(UNEXPLAINED, color=RULE, lw=0.6, zorder=0)
    for layer, colour in zip(layers, layer_colours(len(layers)), strict=True):
        null = spread_of(layer.shuffled)["mean"]
        draw_strengths(axes, layer.alphas, null[:, None], colour, **SHUFFLED)
        draw_strengths(axes, layer.alphas, layer.heldout, colour, **DOTS)
    axes.set_ylim(0, min(axes.get_ylim()[1], HIGHEST))
    axes.set_ylabel("half the mean squared error")


def _draw_predictors(axes: Axes, letter: str, layers: Sequence[PredictedLayer]) -> None:
    """Median numbers of predictors, on a scale that has 0."""
    draw_title(axes, letter, "predictors of a unit")
    for layer, colour in zip(layers, layer_colours(len(layers)), strict=True):
        draw_strengths(axes, layer.alphas, layer.predictors, colour, **DOTS)
    most = max(layer.predictors.max() for layer in layers)
    axes.set_yscale("symlog", linthresh=1, linscale=0.5)
    axes.set_yticks([count for count in COUNTS if count <= most])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_ylim(-0.1, most * 1.15)
    axes.set_ylabel("median number")


def _rows(letter: str, layer: PredictedLayer, quantity: str, numbers: Floats) -> pd.DataFrame:
    """Rows of numbers (A, P) at the strengths of a layer."""
    rows = spread_rows(letter, layer.title, quantity, numbers)
    return rows.assign(alpha=np.tile(layer.alphas, 3), decay=np.tile(layer.decays, 3))


def _null_rows(letter: str, layer: PredictedLayer) -> pd.DataFrame:
    null = spread_of(layer.shuffled)["mean"]
    rows = unit_rows(letter, layer.title, "mean_shuffled_error", null)
    return rows.assign(alpha=layer.alphas, decay=layer.decays)
