"""Tables of distances as heat maps, on a scale of their own or one that several share."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from repatlas.figures.style import INK, NO_VALUE, SMALL
from repatlas.figures.universality.page import Panel

Floats = NDArray[np.floating]

ROOMY = 18.0
"""Points from which on a cell has room for a number with two decimals."""
BRIGHT = 0.6
"""Part of the scale from which dark text is read better in a cell."""
POINTS = 11.0
"""Points that a number takes in a cell."""


def draw_distances(panel: Panel, values: Floats, names: Sequence[str], largest: float) -> None:
    """Heat map from 0 to ``largest``, the first row at the top, with numbers where they fit.

    Parameters
    ----------
    values
        (n, n).
    names
        (n,) of rows and columns; empty for none.
    """
    cmap = mpl.colormaps["magma"].with_extremes(bad=NO_VALUE)
    top = largest if largest > 0 else 1.0
    axes = panel.axes
    axes.imshow(
        np.ma.masked_invalid(values), cmap=cmap, vmin=0, vmax=top, aspect="auto", origin="upper",
        interpolation="nearest",
    )  # fmt: skip
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    room = axes.bbox.width / axes.figure.dpi * 72 / len(values)
    if names and room >= POINTS:
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                colour = INK if value > BRIGHT * top else "white"
                text = cell_text(float(value), 2 if room >= ROOMY else 1)
                axes.text(
                    column, row, text, ha="center", va="center", color=colour, fontsize=SMALL - 1
                )
    rows, columns = np.triu_indices(len(values))
    told = names or [str(number) for number in range(len(values))]
    series = [
        f"{told[row]} - {told[column]}"
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    panel.write("distance", series, np.nan, values[rows, columns])


def cell_text(value: float, decimals: int = 2) -> str:
    """Two digits or so, without the zero before the point.

    Parameters
    ----------
    decimals
        Of numbers from 1 to 10.
    """
    if value == 0:
        return "0"
    shown = f"{value:.{2 if value < 1 else decimals}f}"
    text = shown if float(shown) < 10 else f"{value:.0f}"
    return text.removeprefix("0")


def largest_of(*tables: Floats) -> float:
    """Largest finite value of all tables; 0 of none."""
    known = np.concatenate([np.ravel(table) for table in tables])
    return float(np.max(known[np.isfinite(known)], initial=0.0))
