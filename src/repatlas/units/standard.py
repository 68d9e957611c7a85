"""Second moments of the live units of two networks over the same rows, on which maps are found.

Every unit is divided by its standard deviation over all images, so that each counts alike whatever
its scale, and by the same over either half, so that a map found on one half fits the other.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from repatlas.units.matching import UNMATCHED, Integers
from repatlas.units.moments import Floats


@dataclass(frozen=True, eq=False)
class Side:
    """The p live units of one network over some rows.

    Attributes
    ----------
    covariance
        (p, p), 0 for a unit that does not vary over these rows.
    """

    covariance: Floats

    @functools.cached_property
    def spectrum(self) -> tuple[Floats, Floats]:
        """Eigenvalues (p,) of the covariance, falling and none below 0, and eigenvectors (p, p)."""
        values, vectors = np.linalg.eigh(self.covariance)
        return np.maximum(values[::-1], 0), vectors[:, ::-1]

    @property
    def variance(self) -> Floats:
        """(p,) variances."""
        return np.diagonal(self.covariance)

    def rotated(self, rotation: Floats) -> "Side":
        """The units ``X R`` instead of ``X``, for an orthogonal R (p, p)."""
        return Side(rotation.T @ self.covariance @ rotation)


@dataclass(frozen=True, eq=False)
class Pair:
    """The units of two networks over the same rows.

    Attributes
    ----------
    rows
        Number of rows.
    first, second
        The network that is mapped, with p units X, and the one that it is mapped onto, with q
        units Y.
    cross
        (p, q) covariances of the units of one with those of the other.
    """

    rows: int
    first: Side
    second: Side
    cross: Floats

    @functools.cached_property
    def correlation(self) -> Floats:
        """(p, q) correlations; 0 with a unit that does not vary over these rows."""
        return ratio(self.cross, np.sqrt(np.outer(self.first.variance, self.second.variance)))

    def map_correlations(self, weights: Floats) -> Floats:
        """Correlations (q,) of what a linear map makes of X with each unit of Y.

        ``w_j' C_xy e_j / sqrt(w_j' C_xx w_j C_yy,jj)`` for column j of the map; 0 where it makes a
        constant.

        Parameters
        ----------
        weights
            (p, q) the map.
        """
        shared = np.einsum("pq,pq->q", weights, self.cross)
        made = np.einsum("pq,pq->q", weights, self.first.covariance @ weights)
        return ratio(shared, np.sqrt(np.maximum(made, 0) * self.second.variance))

    def match_correlations(self, matches: Integers) -> Floats:
        """Correlations (q,) of each unit of Y with its match in X.

        Parameters
        ----------
        matches
            (q,) units of X. A unit without a match has 0: nothing predicts it.
        """
        found = self.correlation[matches, np.arange(len(matches))]
        return np.where(matches == UNMATCHED, 0.0, found)


def ratio(numerators: ArrayLike, denominators: ArrayLike) -> Floats:
    """Quotients; 0 where there is nothing to divide by."""
    above, below = np.broadcast_arrays(
        np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
    )
    return np.divide(above, below, out=np.zeros(above.shape), where=below > 0)
