"""How near points with the same target come, against points with different ones."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.dynamics.results import PairDistances

LEARNT = 0.01
"""Largest final loss of a task of several points that counts as learnt: a few hundredths of what a
network has that says the mean."""


def same_over_different(distances: ArrayLike, target_distance: ArrayLike) -> NDArray[np.float64]:
    """Mean distance of points with the same target, over that of points with different ones.

    Parameters
    ----------
    distances
        (..., n, n).
    target_distance
        (n, n), of which some are 0 beside the diagonal and some are not.

    Returns
    -------
    NDArray
        (...,), NaN where all points are in one place.
    """
    tables, targets = np.asarray(distances, dtype=np.float64), np.asarray(target_distance)
    pairs = np.triu_indices(len(targets), k=1)
    same = targets[pairs] == 0
    found = tables[..., *pairs]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: NDArray[np.float64] = found[..., same].mean(-1) / found[..., ~same].mean(-1)
    return ratio


def learnt(pairs: PairDistances, place: int) -> NDArray[np.bool_]:
    """Whether each replica (r,) of a setting has learnt its task; those that diverged have not."""
    found: NDArray[np.bool_] = pairs.loss[place] <= LEARNT
    return found
