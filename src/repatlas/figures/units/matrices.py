"""Matrices of correlations between units, as pictures."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from numpy.typing import NDArray

from repatlas.figures.heatmap import layer_ticks
from repatlas.figures.panels import BAR_GAP, BAR_WIDTH, NO_VALUE_ROOM, Box
from repatlas.figures.sheet import Sheet
from repatlas.figures.style import NO_VALUE, SMALL

LIMITS = (-1.0, 1.0)


def correlation_map() -> Colormap:
    """Colours from -1 (blue) over 0 (white) to 1 (red); cells without a value are grey."""
    return mpl.colormaps["RdBu_r"].with_extremes(bad=NO_VALUE)


def draw_correlation_map(axes: Axes, values: NDArray[np.floating]) -> None:
    """Draw correlations (p, q), the first units at the bottom left; NaN is grey."""
    axes.imshow(
        np.ma.masked_invalid(values),
        cmap=correlation_map(),
        norm=Normalize(*LIMITS),
        aspect="auto",
        interpolation="auto",
    )
    axes.xaxis.set_major_locator(layer_ticks())
    axes.yaxis.set_major_locator(layer_ticks())
    axes.spines[:].set_visible(False)


def draw_correlation_bar(sheet: Sheet, box: Box, *, dead: bool) -> None:
    """Colour bar to the right of maps that fill a box, with the grey of dead units if there are."""
    left, height = box.left + box.width + BAR_GAP, box.height
    if dead:
        height -= NO_VALUE_ROOM
        square = Box(left, box.top + box.height - BAR_WIDTH, BAR_WIDTH, BAR_WIDTH).axes(sheet)
        square.set_facecolor(NO_VALUE)
        square.set(xticks=[], yticks=[])
        square.spines[:].set_visible(False)
        place: dict[str, Any] = {"transform": square.transAxes, "va": "center"}
        square.text(1.6, 0.5, "dead", fontsize=SMALL, **place)
    axes = Box(left, box.top, BAR_WIDTH, height).axes(sheet)
    scale = ScalarMappable(Normalize(*LIMITS), correlation_map())
    bar = sheet.figure.colorbar(scale, cax=axes, label="correlation")
    bar.outline.set_visible(False)
    bar.set_ticks([-1, -0.5, 0, 0.5, 1], labels=["-1", "", "0", "", "1"])
