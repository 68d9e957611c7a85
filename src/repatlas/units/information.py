"""Mutual information of the units of two networks, in nats, from counts of their bins.

"Convergent Learning" (Li et al. 2016), supplement, with the bias taken off in the same unit as the
rest. The rows are taken for independent samples; positions of one image are not, so that the bias
of a convolutional layer is a lower bound.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

Floats = NDArray[np.float64]

MEMORY = 64 * 2**20
"""Bytes of counts that are worked on at once; it decides no value."""


def mutual_information(joint: Floats, memory: int = MEMORY) -> Floats:
    """Mutual information of every two units, less the bias of its estimate.

    ``sum_ab p_ab log(p_ab / (p_a p_b)) - (r - 1)(c - 1) / (2 N)`` over bins a, b of which r and c
    are occupied, and N rows (Miller 1955): the estimate from counts is too large by so much, on
    average, if the units are independent. It is not cut off at 0, or it would be biased again.

    Parameters
    ----------
    joint
        (p, b, q, b) numbers of rows in which two units are in two bins, of the same N rows for
        every two units.
    memory
        Bytes of counts to work on at once.

    Returns
    -------
    Floats
        (p, q) nats; 0 with a unit that has a single bin.
    """
    first, second = joint[:, :, 0].sum(axis=2), joint[0].sum(axis=0)
    count = first[0].sum()
    information = np.empty((len(first), len(second)))
    step = max(1, memory // joint[0].nbytes)
    for start in range(0, len(first), step):
        rows = slice(start, start + step)
        information[rows] = xlogy(joint[rows], joint[rows]).sum(axis=(1, 3))
    information -= xlogy(first, first).sum(axis=1)[:, None]
    information -= xlogy(second, second).sum(axis=1)
    information = information / count + np.log(count)
    information -= np.outer(_occupied(first) - 1, _occupied(second) - 1) / (2 * count)
    information[_occupied(first) == 1] = 0
    information[:, _occupied(second) == 1] = 0
    return information


def _occupied(counts: Floats) -> NDArray[np.int64]:
    """Number (p,) of bins of each unit in which there are rows."""
    occupied: NDArray[np.int64] = np.count_nonzero(counts, axis=1)
    return occupied
