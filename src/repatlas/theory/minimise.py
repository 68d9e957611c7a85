"""Least squares over logarithms of rates."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import OptimizeResult, least_squares

from repatlas.theory.effective import Floats

Residuals = Callable[[Floats], Floats]
"""Errors (n,) for logarithms (k,) of rates."""

STEP = 1e-3
"""Change of a logarithm from which slopes are taken: far above the tolerance of the solver."""

MOST_STEPS = 100


def minimise(residuals: Residuals, start: Floats, furthest: float = np.inf) -> OptimizeResult:
    """Least sum of squared errors near a start.

    Parameters
    ----------
    residuals
        Errors.
    start
        (k,) logarithms.
    furthest
        How far each may go from its start.

    Returns
    -------
    OptimizeResult
        With ``x`` (k,), the errors ``fun`` (n,), ``jac`` (n, k) and ``cost``, half the sum.
    """
    moves = STEP * np.eye(len(start))

    def slopes(logs: Floats) -> Floats:
        rises = [residuals(logs + move) - residuals(logs - move) for move in moves]
        return np.stack(rises, axis=1) / (2 * STEP)

    bounds = (start - furthest, start + furthest)
    return least_squares(residuals, start, slopes, bounds=bounds, max_nfev=MOST_STEPS)
