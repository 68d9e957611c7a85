"""Linear regression of the units of one network on those of another, from covariances."""

import numpy as np

from repatlas.similarity.shape import RANK_TOLERANCE
from repatlas.units.moments import Floats
from repatlas.units.standard import Pair

STRENGTHS = np.geomspace(1e-6, 1e2, 33)
"""Ridge penalties to choose from, where every unit has variance 1."""


def linear_map(pair: Pair) -> Floats:
    """Least-squares map (p, q) of X onto Y with a ridge penalty, one for all units.

    ``W = (C_xx + s I)^-1 C_xy``. The strength s is that of `STRENGTHS` with the least generalised
    cross-validation error (Golub, Heath and Wahba 1979), so that no image but those of the fit has
    a say: next to none where rows are many, and what keeps the map apart from noise where they are
    not many more than units. As positions of one image are no independent rows, it is rather too
    low for convolutional layers.

    A rotation of X turns the map with it and changes nothing else. O(p^3 + p^2 q).
    """
    values, vectors = pair.first.spectrum
    projected = vectors.T @ pair.cross
    strength = _strength(pair, values, np.square(projected).sum(axis=1))
    weights: Floats = vectors @ (projected / (values + strength)[:, None])
    return weights


def _strength(pair: Pair, values: Floats, explained: Floats) -> float:
    """Strength of least generalised cross-validation error, summed over the units of Y.

    The residual is what least squares leave and what the penalty adds to it, ``e s^2 / (d (d +
    s)^2)`` for each eigenvector: a sum without cancellation, where rows are as few as units.

    Parameters
    ----------
    pair
        The networks.
    values
        (p,) eigenvalues d of the covariance of X.
    explained
        (p,) squared covariances e of Y with each of its eigenvectors, summed over Y.
    """
    kept = values > RANK_TOLERANCE * values[0]
    d, e = values[kept], explained[kept]
    left = max(0.0, float(np.trace(pair.second.covariance) - (e / d).sum()))
    damped = d + STRENGTHS[:, None]
    added = (e / d * (STRENGTHS[:, None] / damped) ** 2).sum(axis=1)
    # The mean is fitted, too.
    freedom = 1 + (d / damped).sum(axis=1)
    errors = (left + added) / (1 - freedom / pair.rows) ** 2
    return float(STRENGTHS[np.argmin(errors)])
