"""What the effective theory keeps, and where it comes to rest (van Rossem and Saxe 2024)."""

from typing import NamedTuple

import numpy as np

from repatlas.theory.effective import Curves, Floats, Pair, Rates, Start, column
from repatlas.theory.final_distance import final_distance, initial_part, task_part


class Eigenvalues(NamedTuple):
    """Rates of change near a fixed point, (...,), over the time unit."""

    first: Floats
    second: Floats


def conserved(pair: Pair, rates: Rates, curves: Curves) -> Floats:
    """``y / h - r h`` with ``r = eta_y / (eta_h |dx|^2)``, which does not change over time.

    Parameters
    ----------
    pair, rates
        Of shape (...,).
    curves
        (..., t).

    Returns
    -------
    Floats
        (..., t); ``-r A_high`` throughout, if the theory holds.
    """
    slope = column(rates.output) / (column(rates.hidden) * column(pair.input_square))
    kept: Floats = curves.output / curves.hidden - slope * curves.hidden
    return kept


def fitted_eigenvalues(pair: Pair, rates: Rates, start: Start) -> Eigenvalues:
    """Eigenvalues at the stable point, where the pair is fitted: ``h = final_distance, w = 0``.

    In the plane (h, w), which the conserved quantity leaves: ``-eta_y S / 2``, the rate at which
    the output error along ``dy*`` dies, with ``S = sqrt(A_high^2 + 4 A_low^2)``; and ``-eta_y h``,
    that of the square of outputs across ``dy*``, the slower one in a contraction.
    """
    return Eigenvalues(
        -np.asarray(rates.output) * _root(pair, rates, start) / 2,
        -np.asarray(rates.output) * final_distance(pair, rates, start),
    )


def merged_eigenvalues(pair: Pair, rates: Rates, start: Start) -> Eigenvalues:
    """Eigenvalues at the saddle, where the points are one: ``h = 0, w = 0``.

    ``eta_y (A_high + S) / 2``, 0 or more, and ``eta_y (A_high - S) / 2``, 0 or less. The equations
    are not smooth there: these are the rates along the two rays on which ``w / h`` stays as it is.
    """
    initial, root = initial_part(pair, rates, start), _root(pair, rates, start)
    rate = np.asarray(rates.output) / 2
    return Eigenvalues(rate * (initial + root), rate * (initial - root))


def _root(pair: Pair, rates: Rates, start: Start) -> Floats:
    root: Floats = np.hypot(initial_part(pair, rates, start), 2 * task_part(pair, rates))
    return root
