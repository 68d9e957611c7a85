"""How well numbers agree: with a prediction, or with each other."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from repatlas.figures.page import few_ticks, set_logarithmic
from repatlas.figures.style import RULE

Floats = NDArray[np.float64]


def correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Pearson's, over where both are finite; NaN where one does not vary, or of fewer than 3."""
    x, y = _known(first, second)
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    return float(np.corrcoef(x, y)[0, 1])


def determination(predicted: ArrayLike, measured: ArrayLike) -> float:
    """R^2 against the identity: ``1 - sum (m - p)^2 / sum (m - mean m)^2``.

    Below 0 where the mean would have been a better prediction. NaN of fewer than 3.
    """
    p, m = _known(predicted, measured)
    if len(m) < 3 or np.ptp(m) == 0:
        return np.nan
    return float(1 - ((m - p) ** 2).sum() / ((m - m.mean()) ** 2).sum())


def agreement_text(predicted: ArrayLike, measured: ArrayLike) -> str:
    """Correlation and R^2 against the identity, in a line."""
    r, share = correlation(predicted, measured), determination(predicted, measured)
    return f"r = {number(r)}, R² = {number(share)}"


def number(value: float, digits: int = 2) -> str:
    """A number for a note; more digits near 1, a question mark for none."""
    if not np.isfinite(value):
        return "?"
    near = 0.99 < value < 1
    return f"{min(value, 0.999):.3f}" if near else f"{value:.{digits}f}"


def brief(value: float) -> str:
    """A number of any size with two digits and without an exponent, where it is not tiny."""
    if not np.isfinite(value):
        return "?"
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"


def draw_identity(axes: Axes, *values: ArrayLike, logarithmic: bool = False) -> None:
    """Line on which a prediction is right, and equal axes that hold all finite values."""
    known = np.concatenate([np.ravel(part) for part in values]).astype(float)
    known = known[np.isfinite(known) & ((known > 0) | (not logarithmic))]
    if logarithmic:
        ends = known.min() / 1.3, known.max() * 1.3
    else:
        ends = min(0.0, known.min()), known.max() * 1.06
    axes.plot(ends, ends, color=RULE, lw=0.7, ls=(0, (2, 2)), zorder=0)
    axes.set_xlim(ends)
    axes.set_ylim(ends)
    few_ticks(axes)
    if logarithmic:
        set_logarithmic(axes, "x")
        set_logarithmic(axes, "y")


def _known(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.broadcast_arrays(first, second)
    known = np.isfinite(x) & np.isfinite(y)
    return x[known].astype(float), y[known].astype(float)


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's, over where both are finite; ties have their mean rank."""
    return correlation(*(_ranks(part) for part in _known(first, second)))


def _ranks(values: Floats) -> Floats:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Floats = (ends - (counts - 1) / 2)[places]
    return ranks
