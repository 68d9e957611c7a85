"""Strengths of a penalty along a logarithmic axis, with strength 0 in a place of its own."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from repatlas.figures.style import RULE
from repatlas.figures.units.layer_axis import Colour
from repatlas.figures.units.spread import draw_spread, spread_of

LEFTWARD = 3.2
"""How many times smaller than the smallest other strength the place of strength 0 is."""

Floats = NDArray[np.float64]


def draw_strengths(
    axes: Axes, alphas: Floats, numbers: Floats, colour: Colour, **line: Any
) -> None:
    """Line through means over pairs of numbers (A, P) at strengths (A,), in a band of their range.

    Strength 0 is not joined to the line: it has a dot, and a bar from the lowest to the highest.
    """
    exact = alphas == 0
    draw_spread(axes, alphas[~exact], numbers[~exact], colour, **line)
    for mean, low, high in zip(*spread_of(numbers[exact]).values(), strict=True):
        place = place_of_zero(alphas)
        axes.plot([place, place], [low, high], color=colour, alpha=0.3, lw=2.4, zorder=1)
        axes.plot(place, mean, **line | {"color": colour, "marker": "o", "zorder": 3})


def place_of_zero(alphas: Floats) -> float:
    """Where strength 0 stands on the axis of strengths."""
    return float(alphas[alphas > 0].min() / LEFTWARD)


def set_strengths(axes: Axes, alphas: Floats) -> None:
    """Let the horizontal axis be these strengths (A,), 0 beyond a dotted line at the left."""
    axes.set_xscale("log")
    lowest, highest = alphas[alphas > 0].min(), alphas.max()
    decades = [tick for tick in 10.0 ** np.arange(-8, 4) if lowest / 1.01 <= tick <= highest * 1.01]
    ticks = {tick: f"{tick:g}" for tick in decades}
    left = lowest / 1.4
    if (alphas == 0).any():
        left = place_of_zero(alphas)
        axes.axvline(np.sqrt(left * lowest), color=RULE, lw=0.6, ls=(0, (1, 2)), zorder=0)
        ticks = {left: "0"} | ticks
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.xaxis.set_minor_locator(LogLocator(subs=range(2, 10)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(left / 1.6, highest * 1.4)
    axes.set_xlabel(r"strength of the penalty for a unit, $\alpha$")
