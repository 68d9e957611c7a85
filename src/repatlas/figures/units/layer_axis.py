"""Layers of units, or checkpoints, by name along the horizontal axis of curves."""

import math
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from repatlas.figures.style import SMALL

Colour = tuple[float, float, float, float]

UPRIGHT_TICK = SMALL * 1.5
"""Points between two upright tick labels, at least."""
GLYPH = 0.62
"""Mean width of a letter of a tick label as a part of its size."""
BRIGHTEST = 0.88
"""Part of the colour map that is dark enough for lines on white."""

MOST = 9
"""Layers in a legend, at most."""


def layer_colours(count: int) -> list[Colour]:
    """Colours of so many layers: the first dark, later ones ever brighter."""
    return [mpl.colormaps["viridis"](part) for part in np.linspace(0, BRIGHTEST, count)]


def layer_handles(layers: Sequence[str]) -> list[Line2D]:
    """Handles for a legend of layers; of many layers only some, the first and the last too."""
    colours = layer_colours(len(layers))
    places = np.linspace(0, len(layers) - 1, min(len(layers), MOST)).round().astype(int)
    return [Line2D([], [], color=colours[place], label=layers[place]) for place in places]


def names_height(names: Sequence[str], width: float) -> float:
    """Inches that names take below an axis of so many inches."""
    long = max(map(len, names)) if _stand_upright(names, width) else 2
    return 0.12 + long * GLYPH * SMALL / 72


def set_names(axes: Axes, names: Sequence[str]) -> None:
    """Let the horizontal axis have a name at each whole number: of layers, or of checkpoints.

    Names that do not fit side by side stand upright; of more than fit so, only some are written.
    """
    width = axes.bbox.width / axes.figure.dpi
    step = math.ceil(UPRIGHT_TICK * len(names) / (width * 72))
    rotation = 90 if _stand_upright(names, width) else 0
    axes.set_xticks(range(0, len(names), step), names[::step], rotation=rotation)
    axes.set_xlim(-0.5, len(names) - 0.5)


def _stand_upright(names: Sequence[str], width: float) -> bool:
    return max(map(len, names)) * GLYPH * SMALL + 3 > width * 72 / len(names)
