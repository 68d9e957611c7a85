"""Modes in which many points are learned, where inputs and targets share them.

In a linear network of two layers each mode of the data is learned by itself (Saxe, McClelland and
Ganguli 2014), if the right singular vectors of the covariance of targets with inputs are also
principal axes of the inputs and both layers start along the modes. A mode with input variance
``lambda`` and strength ``sigma`` then is a pair of points ``2 sqrt(lambda)`` apart, whose targets
are ``2 sigma / sqrt(lambda)`` apart.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from repatlas.errors import InputError
from repatlas.theory.effective import Floats, Pair
from repatlas.theory.points import moments

SHARED = 1e-6
"""Part of the input covariance that may lie off the modes' axes, by rounding."""

NOTHING = 1e-12
"""Part of the largest variance or strength below which a mode has none."""


@dataclass(frozen=True, eq=False)
class Modes:
    """Modes of the data, strongest first; k of them.

    Attributes
    ----------
    variances
        (k,) of the inputs along each, above 0.
    strengths
        (k,) singular values of the covariance of targets with inputs, above 0.
    inputs
        (k, d) unit directions of the inputs.
    targets
        (k, m) unit directions of the targets.
    """

    variances: Floats
    strengths: Floats
    inputs: Floats
    targets: Floats

    @property
    def pair(self) -> Pair:
        """Pairs of points (k,) that are learned as the modes are."""
        return Pair(4 * self.variances, 4 * self.strengths**2 / self.variances)

    def hidden_distances(self, points: ArrayLike, hidden: Floats) -> Floats:
        """Squared hidden distance that the modes make between every two points.

        Parameters
        ----------
        points
            (n, d) inputs.
        hidden
            (k,) or (k, t) squared hidden distance of each mode's pair.

        Returns
        -------
        Floats
            (n, n) or (n, n, t).
        """
        scores = np.asarray(points, dtype=np.float64) @ self.inputs.T / np.sqrt(4 * self.variances)
        squares = (scores[:, None] - scores) ** 2
        table: Floats = np.tensordot(squares, hidden, axes=1)
        return table


def find_modes(inputs: ArrayLike, targets: ArrayLike) -> Modes:
    """Modes of points.

    Parameters
    ----------
    inputs
        (n, d).
    targets
        (n, m).

    Returns
    -------
    Modes
        None for targets that no linear map explains (k = 0), as those of XOR.

    Raises
    ------
    InputError
        Inputs and targets are not of as many points, or do not share their modes.
    """
    known = moments(inputs, targets)
    left, strengths, right = np.linalg.svd(known.cross, full_matrices=False)
    spread = np.linalg.norm(known.inputs, 2)
    scale = np.sqrt(spread * np.mean(np.var(np.asarray(targets, np.float64), axis=0)))
    kept = strengths > NOTHING * scale
    left, strengths, right = left[:, kept], strengths[kept], right[kept]
    mapped = right @ known.inputs
    variances = np.einsum("kd,kd->k", mapped, right)
    if np.abs(mapped - variances[:, None] * right).max(initial=0) > SHARED * spread:
        raise InputError(
            "inputs and targets do not share their modes: the axes of the covariance of targets "
            "with inputs are not principal axes of the inputs; integrate the maps instead"
        )
    return Modes(variances, strengths, right, left.T)
