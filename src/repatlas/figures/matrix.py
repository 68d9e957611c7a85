"""Heat maps whose rows and columns are not layers: networks with each other, or checkpoints."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from repatlas.figures.heatmap import LayerAxis, draw_map
from repatlas.figures.style import INK, SMALL

FIRST, SECOND = "first", "second"
"""Further columns of tables: what is on the vertical and on the horizontal axis."""

BRIGHT = 0.6
"""Value from which the cells of the map are so bright that dark text is read better on them."""

POINTS_A_DIGIT = 5.0
"""Points that a digit takes in a cell, with room beside it."""

Values = NDArray[np.floating]


def draw_matrix(axes: Axes, values: Values, names: Sequence[str]) -> None:
    """Square heat map from 0 to 1 with named rows and columns, the first at the bottom left.

    Each cell has its value written in it, if there is room for it.

    Parameters
    ----------
    values
        (k, k); NaN is grey.
    names
        (k,) short, such as 0 or s1.
    """
    count = len(names)
    draw_map(axes, values, LayerAxis(np.arange(count)))
    axes.set_xticks(range(count), names)
    axes.set_yticks(range(count), names)
    axes.tick_params(length=0)
    room = axes.bbox.width / axes.figure.dpi * 72 / count
    if room < 2 * POINTS_A_DIGIT:
        return
    digits = 2 if room > 3 * POINTS_A_DIGIT else 1
    for row, column in np.ndindex(values.shape):
        value = values[row, column]
        if np.isfinite(value):
            draw_value(axes, row, column, float(value), digits)


def draw_value(axes: Axes, row: int, column: int, value: float, digits: int = 2) -> None:
    """Write a similarity into its cell, without the zero before its point."""
    colour = INK if value > BRIGHT else "white"
    text = f"{value:.{digits}f}".replace("0.", ".", 1).replace("-.0", ".0")
    axes.text(column, row, text, ha="center", va="center", fontsize=SMALL, color=colour)


def draw_groups(axes: Axes, groups: Sequence[str]) -> None:
    """Name groups of neighbouring rows and columns, outside the names of single ones.

    Parameters
    ----------
    groups
        (k,) the group of each row.
    """
    beside: dict[str, Any] = {"textcoords": "offset points"}
    for group in dict.fromkeys(groups):
        middle = float(np.mean([place for place, own in enumerate(groups) if own == group]))
        below: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "top"}
        axes.annotate(group, (middle, 0), (0, -9), **beside, **below)
        left: dict[str, Any] = {
            "xycoords": ("axes fraction", "data"),
            "ha": "right",
            "va": "center",
        }
        axes.annotate(group, (0, middle), (-10, 0), rotation=90, **beside, **left)


def matrix_rows(
    panel: str,
    title: str,
    quantity: str,
    values: Values,
    first: Sequence[str],
    second: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Rows of a matrix (k, l) for the figure's table, with the names of what it compares."""
    names = first if second is None else second
    none = pd.array([pd.NA] * values.size, dtype="Int64")
    return pd.DataFrame(
        {
            "panel": panel,
            "title": title,
            "quantity": quantity,
            "y": none,
            "x": none,
            "value": np.asarray(values, dtype=np.float64).ravel(),
            FIRST: np.repeat(np.array(first, dtype=object), len(names)),
            SECOND: np.tile(np.array(names, dtype=object), len(first)),
        }
    )
