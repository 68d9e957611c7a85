"""Means over pairs of networks as lines, in a band from the lowest to the highest pair."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from repatlas.figures.units.tables import unit_rows


def spread_of(numbers: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Mean, lowest and highest of each row of numbers (m, P); NaN where a row has none."""
    known = pd.DataFrame(np.asarray(numbers, dtype=np.float64))
    return {
        "mean": known.mean(axis=1).to_numpy(),
        "lowest": known.min(axis=1).to_numpy(),
        "highest": known.max(axis=1).to_numpy(),
    }


def draw_spread(
    axes: Axes, places: ArrayLike, numbers: ArrayLike, colour: Any, **line: Any
) -> None:
    """Line through the means of numbers (m, P) at places (m,), in a band of their range."""
    spread = spread_of(numbers)
    axes.fill_between(
        places, spread["lowest"], spread["highest"], color=colour, alpha=0.16, lw=0, zorder=1
    )
    axes.plot(places, spread["mean"], **{"color": colour, "zorder": 3} | line)


def spread_rows(
    panel: str, layer: str | Sequence[str], quantity: str, numbers: ArrayLike
) -> pd.DataFrame:
    """Rows ``mean_<quantity>``, ``lowest_...`` and ``highest_...`` of numbers (m, P)."""
    return pd.concat(
        [
            unit_rows(panel, layer, f"{name}_{quantity}", values)
            for name, values in spread_of(numbers).items()
        ],
        ignore_index=True,
    )
