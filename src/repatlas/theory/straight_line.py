"""Test of the effective theory that needs no fit of rates.

The conserved quantity makes ``y / h`` a straight line of ``h`` over training, with slope ``eta_y /
(eta_h |dx|^2)``. It is straight if effective rates are constant and representations move along
their difference; nothing about the course in time enters.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import linregress

from repatlas.errors import InputError
from repatlas.theory.effective import Curves, Pair


@dataclass(frozen=True)
class StraightLine:
    """Least-squares line through ``y / h`` against ``h``.

    Attributes
    ----------
    slope
        ``eta_y / (eta_h |dx|^2)`` in the theory.
    intercept
        ``-slope A_high`` in the theory.
    correlation
        Pearson's, 1 in the theory.
    """

    slope: float
    intercept: float
    correlation: float

    def rate_ratio(self, pair: Pair) -> float:
        """``eta_y / eta_h``."""
        return self.slope * float(pair.input_square)

    @property
    def initial_part(self) -> float:
        """``A_high``, where the line crosses 0."""
        return -self.intercept / self.slope if self.slope else np.nan


def straight_line(curves: Curves) -> StraightLine:
    """Line of one course, every sample with the same weight.

    Parameters
    ----------
    curves
        (t,), with h above 0.

    Returns
    -------
    StraightLine
        All NaN where h does not move.

    Raises
    ------
    InputError
        A hidden distance is not above 0 or a value is not finite.
    """
    if not np.isfinite(curves.stacked()).all() or curves.hidden.min() <= 0:
        raise InputError("a course has a hidden distance that is not above 0, or no number")
    if np.ptp(curves.hidden) == 0:
        return StraightLine(np.nan, np.nan, np.nan)
    line = linregress(curves.hidden, curves.output / curves.hidden)
    return StraightLine(float(line.slope), float(line.intercept), float(line.rvalue))
