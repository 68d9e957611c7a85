"""Where the curve of errors along a path of penalties bends."""

import numpy as np
from numpy.typing import ArrayLike

GUESS = 0.5
"""Error of a prediction of the mean."""

KEPT = 0.8
"""Part of what the best maps explain that those at the knee still explain, at least."""


def knee(alphas: ArrayLike, errors: ArrayLike) -> float:
    """Strongest penalty that costs little: how few predicting units do nearly as well as all.

    Parameters
    ----------
    alphas
        (a,) strengths.
    errors
        (a,) mean held-out error at each.

    Returns
    -------
    float
        The strongest one that keeps `KEPT` of `GUESS` less the least error; where no map explains
        anything, the strongest of least error.
    """
    values = np.asarray(errors)
    explained = max(GUESS - values.min(), 0)
    enough = values <= values.min() + (1 - KEPT) * explained
    return float(np.asarray(alphas)[enough].max())
