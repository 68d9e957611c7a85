"""A heat map of the similarity of layers, on given axes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage
from matplotlib.markers import TICKRIGHT, TICKUP
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation, Transform
from numpy.typing import NDArray

from repatlas.figures.style import BLOCK, FAINT, NO_VALUE, SMALL, similarity_map

Span = tuple[float, float]

LIMITS = (0.0, 1.0)
"""Range of colours. Unbiased CKA can fall a little below 0: such cells have the colour of 0."""

NEAR, FAR = 1.5, 5.0
"""Points between which the marks stand outside a heat map."""


@dataclass(frozen=True)
class LayerAxis:
    """Layers along one side of a heat map.

    Attributes
    ----------
    layers
        (m,) indices of the drawn layers, 0 being the input, ascending.
    borders
        Where a stage of the network ends: 2.5 is between the drawn layers 2 and 3, from 0.
    block
        Where the detected block begins and ends; None if there is none.
    """

    layers: NDArray[np.intp]
    borders: tuple[float, ...] = ()
    block: Span | None = None

    @property
    def size(self) -> int:
        """Number of drawn layers."""
        return len(self.layers)


def draw_map(
    axes: Axes, values: NDArray[np.floating], x: LayerAxis, y: LayerAxis | None = None
) -> AxesImage:
    """Draw similarities, the first layers at the bottom left.

    Values are coloured from 0 to 1; those below 0 have the colour of 0, NaN is grey. A stage of
    the network ends at each tick on the upper and right side; a bar there marks the block.

    Parameters
    ----------
    values
        (m_y, m_x), a row for each layer of the vertical axis.
    x, y
        The layers of the two axes; the same on both if ``y`` is not given.
    """
    vertical = x if y is None else y
    image = axes.imshow(
        np.ma.masked_invalid(values),
        cmap=similarity_map(),
        vmin=LIMITS[0],
        vmax=LIMITS[1],
        aspect="auto",
        interpolation="auto",
    )
    axes.xaxis.set_major_locator(layer_ticks())
    axes.yaxis.set_major_locator(layer_ticks())
    axes.spines[:].set_visible(False)
    _mark_sides(axes, x, vertical)
    return image


def layer_ticks() -> MaxNLocator:
    """Few round layer numbers."""
    return MaxNLocator(nbins=4, integer=True, steps=[1, 2, 5, 10], min_n_ticks=3)


def _mark_sides(axes: Axes, x: LayerAxis, y: LayerAxis) -> None:
    """Stage borders as ticks, the block as a bar, above (x) and to the right (y)."""
    above, right = axes.get_xaxis_transform(), axes.get_yaxis_transform()
    tick: dict[str, Any] = {"ls": "", "ms": FAR - NEAR, "mew": 0.6, "color": FAINT}
    bar: dict[str, Any] = {"lw": 1.8, "color": BLOCK, "solid_capstyle": "butt"}
    middle = (NEAR + FAR) / 2
    ends = [1, 1]

    def draw(x: Any, y: Any, side: Transform, shift: tuple[float, float], **options: Any) -> None:
        moved = side + ScaledTranslation(shift[0] / 72, shift[1] / 72, axes.figure.dpi_scale_trans)
        axes.plot(x, y, transform=moved, clip_on=False, **options)

    draw(x.borders, np.ones(len(x.borders)), above, (0, NEAR), marker=TICKUP, **tick)
    draw(np.ones(len(y.borders)), y.borders, right, (NEAR, 0), marker=TICKRIGHT, **tick)
    if x.block is not None:
        draw(x.block, ends, above, (0, middle), **bar)
    if y.block is not None:
        draw(ends, y.block, right, (middle, 0), **bar)
    axes.set_xlim(-0.5, x.size - 0.5)
    axes.set_ylim(-0.5, y.size - 0.5)


def draw_colour_bar(axes: Axes, label: str, *, below_zero: bool) -> None:
    """Colour bar for all heat maps of a figure, in axes of its own.

    Parameters
    ----------
    below_zero
        Whether a drawn value is below 0; the bar then says that 0 stands for those as well.
    """
    scale = ScalarMappable(Normalize(*LIMITS), similarity_map())
    bar = axes.figure.colorbar(scale, cax=axes, label=label)
    bar.outline.set_visible(False)
    lowest = "≤ 0" if below_zero else "0"
    bar.set_ticks([0, 0.25, 0.5, 0.75, 1], labels=[lowest, "", "0.5", "", "1"])


def draw_no_value(axes: Axes) -> None:
    """Grey box that stands for cells without a value, in axes of its own."""
    axes.set_facecolor(NO_VALUE)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    place: dict[str, Any] = {"transform": axes.transAxes, "va": "center", "fontsize": SMALL}
    axes.text(1.6, 0.5, "no value", **place)


def draw_not_measured(axes: Axes) -> None:
    """Grey panel in the place of a heat map whose values nobody measured."""
    axes.set_facecolor(NO_VALUE)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    place: dict[str, Any] = {"transform": axes.transAxes, "ha": "center", "va": "center"}
    axes.text(0.5, 0.5, "not\nmeasured", fontsize=SMALL, **place)
