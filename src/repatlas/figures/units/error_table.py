"""Table of errors of prediction by layer and strength, as the paper's Table 1."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from repatlas.figures.marks import draw_title
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Sheet
from repatlas.figures.style import FAINT, INK, PAGE_WIDTH, SMALL
from repatlas.figures.units.predicted import UNEXPLAINED, PredictedLayer
from repatlas.figures.units.spread import spread_of

LEFT, RIGHT, HEAD, LINE = 0.5, 0.1, 0.2, 0.25
"""Inches beside the cells, of the line of strengths above them, and of a line."""
TINY = 4.8
"""Points of the decays below the errors."""
TITLE = r"mean error by strength $\alpha$, below it the paper's decay"
DARKEST = 1.6
"""Value at the dark end of the colours: explained variance is at most 1, and text stays legible."""


def table_height(count: int) -> float:
    """Inches of a table of so many layers; its title stands above it."""
    return HEAD + count * LINE + 0.08


def draw_error_table(
    sheet: Sheet, top: float, letter: str, layers: Sequence[PredictedLayer]
) -> None:
    """Mean held-out errors, a line a layer, a column a strength, below them the paper's decay.

    The darker a cell, the more variance is explained; what is not known stays empty.
    """
    alphas = sorted({alpha for layer in layers for alpha in layer.alphas.tolist()})
    box = Box(LEFT, top + HEAD, PAGE_WIDTH - LEFT - RIGHT, len(layers) * LINE)
    axes = box.axes(sheet)
    draw_title(axes, letter, TITLE, points=18)
    explained = np.full((len(layers), len(alphas)), np.nan)
    for row, layer in enumerate(layers):
        errors = spread_of(layer.heldout)["mean"]
        for place, alpha in enumerate(layer.alphas.tolist()):
            column = alphas.index(alpha)
            explained[row, column] = 1 - errors[place] / UNEXPLAINED
            _draw_cell(axes, row, column, errors[place], layer.decays[place])
    axes.imshow(np.ma.masked_invalid(explained), cmap="Blues", vmin=0, vmax=DARKEST, aspect="auto")
    axes.set_ylim(len(layers) - 0.5, -0.5)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelbottom=False, labeltop=True)
    axes.set_xticks(range(len(alphas)), [f"{alpha:g}" for alpha in alphas])
    axes.set_yticks(range(len(layers)), [layer.title for layer in layers])


def _draw_cell(axes: Axes, row: int, column: int, error: float, decay: float) -> None:
    place: dict[str, Any] = {"ha": "center", "va": "center"}
    told = f"{error:.3f}".removeprefix("0")
    axes.text(column, row - 0.16, told, fontsize=SMALL, color=INK, **place)
    short = f"{decay:.2g}".replace("e-0", "e-")
    axes.text(column, row + 0.26, short, fontsize=TINY, color=FAINT, **place)
