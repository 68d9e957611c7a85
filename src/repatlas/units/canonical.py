"""Canonical correlations of the units of two networks, from covariances.

Directions are found over some images and may be scored over others: over those on which they are
found, all correlations are 1 as soon as either network has more units than there are rows.
"""

from dataclasses import dataclass

import numpy as np

from repatlas.similarity.shape import RANK_TOLERANCE
from repatlas.units.moments import Floats
from repatlas.units.standard import Pair, Side, ratio

RIDGE = 1e-6
"""Added to variances, where every unit has variance 1.

Where units are more than rows, many directions correlate perfectly: it puts those of more variance
first, and their order is not left to the library. Only directions of less variance feel it.
"""


@dataclass(frozen=True, eq=False)
class Directions:
    """Canonical directions, by falling correlation over the images on which they are found.

    Attributes
    ----------
    first
        (p, k) weights of X.
    second
        (q, k) weights of Y; k is the lower one of the ranks.
    """

    first: Floats
    second: Floats


def canonical_directions(pair: Pair, share: float = 1.0) -> Directions:
    """Directions of canonical correlation analysis (CCA; Hotelling 1936).

    Parameters
    ----------
    pair
        The networks, over the images on which to find them.
    share
        Share of the variance of either network, in whose first principal components directions are
        sought: 0.99 for singular vector CCA (SVCCA; Raghu et al. 2017, section 2). 1: all
        components that are not rounding. O(p^3 + q^3).
    """
    one, other = _whitening(pair.first, share), _whitening(pair.second, share)
    left, _, right = np.linalg.svd(one.T @ pair.cross @ other, full_matrices=False)
    return Directions(one @ left, other @ right.T)


def canonical_correlations(directions: Directions, pair: Pair) -> Floats:
    """Correlations (k,) between the two networks along canonical directions.

    ``a' C_xy b / sqrt(a' C_xx a  b' C_yy b)``, over the images of ``pair``. CCA is their mean over
    directions (Raghu et al. 2017).
    """
    shared = _forms(directions.first, pair.cross, directions.second)
    squares = (
        np.maximum(_forms(side, covariance, side), 0)
        for side, covariance in (
            (directions.first, pair.first.covariance),
            (directions.second, pair.second.covariance),
        )
    )
    return ratio(shared, np.sqrt(np.multiply(*squares)))


def projection_weights(directions: Directions, pair: Pair) -> Floats:
    """Weights (k,) of projection-weighted CCA (PWCCA; Morcos et al. 2018, section 2); sum 1.

    ``alpha_i`` in proportion to ``sum_j |<h_i, y_j>|`` for canonical variates ``h_i = Y b_i``: how
    much of the units of Y a direction accounts for. Those of the network onto which is mapped are
    taken, as every score is about its units.
    """
    accounted = np.abs(pair.second.covariance @ directions.second).sum(axis=0)
    return ratio(accounted, accounted.sum())


def _forms(left: Floats, matrix: Floats, right: Floats) -> Floats:
    """``l_i' M r_i`` for each column i (k,)."""
    forms: Floats = np.einsum("pk,pk->k", left, matrix @ right)
    return forms


def _whitening(side: Side, share: float) -> Floats:
    """Principal axes (p, r) over their deviations, as many as hold a share of the variance."""
    values, vectors = side.spectrum
    kept = int(np.count_nonzero(values > RANK_TOLERANCE * values[0]))
    if share < 1:
        enough = int(np.searchsorted(np.cumsum(values), share * values.sum())) + 1
        kept = min(kept, enough)
    whitening: Floats = vectors[:, :kept] / np.sqrt(values[:kept] + RIDGE)
    return whitening
