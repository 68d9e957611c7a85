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

HEADER, NOTED, REMARKED = 0.27, 0.4, 0.52
"""Inches above a panel for its title, with a note below it, and with a remark below that."""

LINE = 9
"""Points from one line above a panel to the next."""

REACH = 0.14
"""Inches by which notes and remarks may reach beyond their panel."""

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

    def add(
        self,
        box: Box,
        title: str,
        note: str | None = None,
        *,
        remark: str | None = None,
        warning: str = "",
    ) -> Panel:
        """Add a panel, with lines below its title where they are given.

        None of them lies over what the panel shows.

        Parameters
        ----------
        note
            Numbers of the panel.
        remark
            How it is drawn; an empty one takes its line all the same, as neighbours may need it.
        warning
            What is wrong with what it shows, in the colour of warnings.
        """
        last = LINE if remark is not None or warning else 0
        axes, letter = self.panel(box, title, points=5 if note is None else 5 + LINE + last)
        reach = box.width + REACH
        if note:
            size = fitting(note, SMALL, reach)
            axes.annotate(note, (0, 1), (0, 5 + last), color=FAINT, fontsize=size, **ABOVE)
        size = fitting(f"{remark or ''} {warning}", SMALL, reach)
        if remark:
            axes.annotate(remark, (0, 1), (0, 5), color=FAINT, fontsize=size, **ABOVE)
        if warning:
            style: dict[str, Any] = {"color": WARNING, "fontweight": "bold", "fontsize": size}
            side, shift = (1, 72 * REACH) if remark else (0, 0)
            place = "right" if remark else "left"
            axes.annotate(warning, (side, 1), (shift, 5), ha=place, **style, **ABOVE)
        return Panel(self, axes, letter, title)


def title_of(name: str, titles: dict[str, str]) -> str:
    """Title of a network by the name of its file."""
    return titles.get(name, name.replace("_", " "))
