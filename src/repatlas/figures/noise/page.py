"""What figures on learners of noisy labels have in common: panels, colours, tables, notes."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, LogLocator, NullFormatter, NullLocator
from numpy.typing import ArrayLike, NDArray

from repatlas.errors import InputError
from repatlas.figures.marks import GLYPH, draw_title, letters
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Sheet
from repatlas.figures.style import FAINT, RULE, SMALL

Array = NDArray[np.float64]

COLUMNS = ("panel", "title", "quantity", "ratio", "snr", "value", "spread")
"""Panel letter and title as drawn; what the number is; samples over those of the threshold;
signal-to-noise ratio; mean over repetitions and their standard deviation."""

HEADER, KEY, EDGE = 0.27, 0.2, 0.08
"""Inches above a panel for its title, of a line of the key, and beside the key."""

FEW_DECADES = 200.0
"""Range of errors below which more of them than powers of ten are labelled."""

STAND_IN = (
    "Stand-in of this project: the paper's measure of alignment, data, widths and formulas are not "
    "known."
)


class Page:
    """Panels of one figure in the order in which they are drawn."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._letters = letters()
        self._parts: list[pd.DataFrame] = []

    def panel(self, box: Box, title: str) -> tuple[Axes, str]:
        """Axes with letter and title, and the letter."""
        axes, letter = box.axes(self.sheet), next(self._letters)
        draw_title(axes, letter, title, points=5)
        return axes, letter

    def note_values(
        self,
        letter: str,
        title: str,
        quantity: str,
        ratio: ArrayLike,
        snr: ArrayLike,
        value: ArrayLike,
        spread: ArrayLike = np.nan,
        **more: ArrayLike,
    ) -> None:
        """Write down drawn numbers; the last four are broadcast against each other."""
        parts = np.broadcast_arrays(ratio, snr, value, spread)
        numbers = [np.asarray(part, dtype=np.float64).ravel() for part in parts]
        named = dict(zip(COLUMNS[3:], numbers, strict=True))
        rows = {"panel": letter, "title": title, "quantity": quantity, **named, **more}
        self._parts.append(pd.DataFrame(rows))

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


def snr_colours(snrs: Array, wanted: Sequence[float] | None) -> dict[float, Any]:
    """Colours of the noise levels that are shown, from dark for much noise to light.

    Raises
    ------
    InputError
        One is wanted that there is not.
    """
    known = snrs.tolist()
    chosen = known if wanted is None else sorted(wanted)
    for snr in chosen:
        if snr not in known:
            told = ", ".join(f"{one:g}" for one in known)
            raise InputError(f"--layout: snrs: there is no {snr:g}; the files hold: {told}")
    return dict(zip(chosen, sequence_colours(len(chosen)), strict=True))


def sequence_colours(count: int) -> list[tuple[float, ...]]:
    """Colours of things that have an order, from dark to light."""
    return [tuple(colour) for colour in mpl.colormaps["viridis"](np.linspace(0.0, 0.88, count))]


def line_handle(label: str, **style: Any) -> Line2D:
    """An entry of the key."""
    options: dict[str, Any] = {"color": FAINT, "lw": 0.9}
    return Line2D([], [], label=label, **(options | style))


def snr_handles(colours: Mapping[float, Any]) -> list[Line2D]:
    """Entries of the key for noise levels."""
    return [
        line_handle(f"{snr:g}", color=colour, marker="o", ms=3, mew=0)
        for snr, colour in colours.items()
    ]


def draw_repetitions(axes: Axes, x: ArrayLike, values: Array, colour: Any, **style: Any) -> None:
    """Mean over repetitions (repetitions, m), with a bar of one standard deviation to each side."""
    options: dict[str, Any] = {"ls": "", "marker": "o", "ms": 2.6, "mew": 0.5}
    options |= {"elinewidth": 0.6, "color": colour, "zorder": 3}
    axes.errorbar(x, values.mean(axis=0), values.std(axis=0), **(options | style))


def set_samples(axes: Axes, low: float, high: float, ticks: Sequence[float], label: str) -> None:
    """Horizontal axis of sample sizes, logarithmic, with plain numbers."""
    axes.set_xscale("log")
    axes.set_xlim(low / 1.15, high * 1.15)
    shown = [tick for tick in ticks if low / 1.15 <= tick <= high * 1.15]
    axes.xaxis.set_major_locator(FixedLocator(shown))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(label)


def set_alignment(axes: Axes, label: str, least: float = 0.0) -> None:
    """Vertical axis of an alignment up to 1; below 0 only where values are."""
    axes.set_ylim(min(-0.03, least - 0.03), 1.04)
    axes.set_yticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    axes.set_ylabel(label)


def set_error(axes: Axes, label: str) -> None:
    """Vertical axis of test errors, logarithmic."""
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    if high < FEW_DECADES * low:
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
    else:
        axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel(label)


def draw_threshold(axes: Axes, at: float = 1.0) -> None:
    """Mark the interpolation threshold."""
    axes.axvline(at, color=RULE, lw=0.7, ls=(0, (2, 2)), zorder=0)
