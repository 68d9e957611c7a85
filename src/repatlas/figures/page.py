"""A page of lettered panels, with a key, that writes down the numbers it shows."""

from collections.abc import Sequence
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from repatlas.figures.marks import GLYPH, draw_title, letters
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Sheet
from repatlas.figures.style import FAINT, SMALL

KEY, EDGE = 0.2, 0.08
"""Inches of a line of the key, and beside it."""

FEW_DECADES = 200.0
"""Range of a logarithmic axis below which more than powers of ten are labelled."""


class LetteredPage:
    """Panels of one figure in the order in which they are drawn."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._letters = letters()
        self._parts: list[pd.DataFrame] = []

    def panel(self, box: Box, title: str, *, points: float = 5) -> tuple[Axes, str]:
        """Axes with letter and title, so many points above them, and the letter."""
        axes, letter = box.axes(self.sheet), next(self._letters)
        draw_title(axes, letter, title, points=points)
        return axes, letter

    def add_rows(self, rows: pd.DataFrame) -> None:
        """Write down what a panel shows."""
        self._parts.append(rows)

    def table(self) -> pd.DataFrame:
        """Everything written down."""
        return pd.concat(self._parts, ignore_index=True)

    def key(self, top: float, title: str, handles: Sequence[Line2D]) -> None:
        """One line that says what colours and lines are."""
        width = self.sheet.width - 2 * EDGE
        axes = Box(EDGE, top, width, KEY).axes(self.sheet)
        axes.set_axis_off()
        axes.text(0, 0.5, title, va="center", fontsize=SMALL)
        indent = (GLYPH * len(title) + 0.8) * SMALL / 72 / width
        axes.legend(
            handles=handles, loc="center left", bbox_to_anchor=(indent, 0.5), ncols=len(handles),
            handlelength=2.0, handletextpad=0.4, columnspacing=1.1, borderpad=0, borderaxespad=0,
        )  # fmt: skip


def sequence_colours(count: int) -> list[tuple[float, ...]]:
    """Colours of things that have an order, from dark to light."""
    return [tuple(colour) for colour in mpl.colormaps["viridis"](np.linspace(0.0, 0.88, count))]


def line_handle(label: str, **style: Any) -> Line2D:
    """An entry of the key."""
    options: dict[str, Any] = {"color": FAINT, "lw": 0.9}
    return Line2D([], [], label=label, **(options | style))


def few_ticks(axes: Axes, count: int = 4) -> None:
    """Give both axes at most so many steps between ticks, of round numbers."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(count, steps=[1, 2, 5, 10]))


def set_logarithmic(axes: Axes, which: Literal["x", "y"] = "y") -> None:
    """Make an axis logarithmic, with few labels."""
    axis: Axis
    if which == "x":
        axes.set_xscale("log")
        axis, (low, high) = axes.xaxis, axes.get_xlim()
    else:
        axes.set_yscale("log")
        axis, (low, high) = axes.yaxis, axes.get_ylim()
    if high < FEW_DECADES * low:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter("{x:g}")
    else:
        axis.set_major_locator(LogLocator(numticks=6))
    axis.set_minor_formatter(NullFormatter())
