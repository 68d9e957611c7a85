"""What figures on learners of noisy labels have in common: panels, colours, tables, notes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import ArrayLike, NDArray

from repatlas.errors import InputError
from repatlas.figures.page import LetteredPage, line_handle, sequence_colours, set_logarithmic
from repatlas.figures.style import RULE

Array = NDArray[np.float64]

COLUMNS = ("panel", "title", "quantity", "ratio", "snr", "value", "spread")
"""Panel letter and title as drawn; what the number is; samples over those of the threshold;
signal-to-noise ratio; mean over repetitions and their standard deviation."""

HEADER = 0.27
"""Inches above a panel for its title."""

STAND_IN = (
    "Stand-in of this project: the paper's measure of alignment, data, widths and formulas are not "
    "known."
)


class Page(LetteredPage):
    """Panels of one figure in the order in which they are drawn."""

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
        self.add_rows(pd.DataFrame(rows))


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
    set_logarithmic(axes)
    axes.set_ylabel(label)


def draw_threshold(axes: Axes, at: float = 1.0) -> None:
    """Mark the interpolation threshold."""
    axes.axvline(at, color=RULE, lw=0.7, ls=(0, (2, 2)), zorder=0)
