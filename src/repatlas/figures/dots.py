"""Few numbers side by side: a dot each, beside each other where they would hide each other."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from repatlas.figures.style import INK

GOLDEN = (np.sqrt(5) - 1) / 2


def spread(values: ArrayLike, width: float) -> NDArray[np.float64]:
    """Places beside a line for dots of some values: neighbours in value lie well apart.

    The same values have the same places each time, as random jitter would not give.

    Parameters
    ----------
    values
        (m,).
    width
        Of all places together.

    Returns
    -------
    NDArray
        (m,) from ``-width / 2`` to ``width / 2``; 0 for a single value.
    """
    known = np.asarray(values, dtype=float)
    if len(known) < 2:
        return np.zeros(len(known))
    ranks = np.empty(len(known))
    ranks[np.argsort(known, kind="stable")] = np.arange(len(known))
    return ((ranks * GOLDEN + 0.5) % 1 - 0.5) * width


def draw_dots(
    axes: Axes, place: float, values: ArrayLike, colour: str, *, width: float, size: float = 3.6
) -> None:
    """Dots about a place on the horizontal axis, with a bar at their mean if there are several."""
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    axes.plot(
        place + spread(known, 0.7 * width), known, "o", color=colour, ms=size, mew=0.3, mec="white"
    )
    if len(known) > 1:
        half = width / 2
        mean = float(known.mean())
        axes.plot([place - half, place + half], [mean, mean], color=INK, lw=0.9, zorder=3)
