"""What figures on followed networks have in common: panels that write down what they draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from repatlas.figures.marks import ABOVE, fitting
from repatlas.figures.page import LetteredPage
from repatlas.figures.panels import Box
from repatlas.figures.style import FAINT, SMALL, WARNING

COLUMNS = ("panel", "title", "quantity", "series", "x", "value")
"""Panel letter and title as drawn; what the number is; of which network, replica or theory; where
it stands on the horizontal axis; the number."""

HEADER, NOTED = 0.27, 0.4
"""Inches above a panel for its title, and for a title with a note below it."""

THEORY: Any = (0, (2.4, 2.2))
"""Dashes of all theory; networks have solid lines."""


@dataclass(frozen=True, eq=False)
class Panel:
    """A panel that writes down its numbers."""

    page: LetteredPage
    axes: Axes
    letter: str
    title: str

    def write(
        self, quantity: str, series: str | Sequence[str], x: ArrayLike, value: ArrayLike
    ) -> None:
        """Write down drawn numbers, but no NaN; the last three are broadcast against each other."""
        parts = [np.ravel(part) for part in np.broadcast_arrays(series, x, value)]
        named, places, numbers = (part[np.isfinite(parts[2])] for part in parts)
        head = {"panel": self.letter, "title": self.title, "quantity": quantity}
        rows = {"series": named, "x": places.astype(float), "value": numbers.astype(float)}
        self.page.add_rows(pd.DataFrame(rows).assign(**head)[list(COLUMNS)])

    def line(
        self, quantity: str, series: str, x: ArrayLike, value: ArrayLike, **style: Any
    ) -> None:
        """Draw a line and write it down."""
        self.axes.plot(x, value, **style)
        self.write(quantity, series, x, value)


class Page(LetteredPage):
    """Panels of one figure in the order in which they are drawn."""

    def add(self, box: Box, title: str, note: str | None = None) -> Panel:
        """Add a panel, with a note below its title where one is given."""
        axes, letter = self.panel(box, title, points=5 if note is None else 14)
        if note:
            size = fitting(note, SMALL, box.width + 0.2)
            axes.annotate(note, (0, 1), (0, 5), color=FAINT, fontsize=size, **ABOVE)
        return Panel(self, axes, letter, title)


def warn(axes: Axes, text: str) -> None:
    """Say in a panel, in the colour of warnings, what is wrong with what it shows."""
    axes.text(
        0.5, 0.97, text, transform=axes.transAxes, ha="center", va="top",
        color=WARNING, fontsize=SMALL, fontweight="bold", zorder=5,
        bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "round,pad=0.2"},
    )  # fmt: skip


def title_of(name: str, titles: dict[str, str]) -> str:
    """Title of a network by the name of its file."""
    return titles.get(name, name.replace("_", " "))


def corner(axes: Axes, text: str) -> None:
    """Small note at the lower right inside a panel."""
    axes.text(
        0.99, 0.03, text, transform=axes.transAxes, ha="right", va="bottom",
        color=FAINT, fontsize=SMALL - 0.5, linespacing=1.2, zorder=5,
    )  # fmt: skip
