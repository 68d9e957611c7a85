"""Soft matching of the units of two layers (Khosla and Williams 2024).

Each unit of one layer is matched with units of the other by optimal transport; in contrast to all
other measures here, a rotation of the units changes it.
"""

import functools
import os
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.similarity.source import FloatArray

BACKENDS = ("PYTORCH", "JAX", "CUPY", "TENSORFLOW")
"""Array libraries that POT would load if they are installed, and that nothing here needs."""

ITERATIONS = 10_000_000
"""Steps of the network simplex; it needs a few for each pair of units."""


def soft_matching(units: Sequence[ArrayLike]) -> FloatArray:
    """Soft matching correlation of every two layers.

    The largest ``sum_ij P_ij corr(x_i, y_j)`` over transport plans P between uniform weights on the
    units of both: their mean correlation under the best soft assignment. Units that are constant
    have no correlation and are left out.

    Parameters
    ----------
    units
        Arrays (n, p) of any widths p, one a layer, of the same n examples.

    Returns
    -------
    FloatArray
        (B, B); 1 for layers with the same units up to order, scale and offset; NaN in the row and
        column of a layer whose units are all constant.
    """
    size = len(units)
    standard = [standard_units(part) for part in units]
    values = np.full((size, size), np.nan)
    for i in range(size):
        for j in range(i + 1):
            if standard[i].shape[1] and standard[j].shape[1]:
                correlations = standard[i].T @ standard[j]
                plan = transport_plan(-correlations)
                values[i, j] = values[j, i] = np.vdot(plan, correlations)
    return values


def standard_units(units: ArrayLike) -> FloatArray:
    """Units (n, q), centred and of unit norm, without those (of p) that do not vary."""
    array = np.asarray(units, dtype=np.float64)
    centered = array - array.mean(axis=0)
    norms = np.linalg.norm(centered, axis=0)
    alive = norms > 8 * np.finfo(np.float64).eps * np.linalg.norm(array, axis=0)
    standard: FloatArray = centered[:, alive] / norms[alive]
    return standard


def channel_means(raw: NDArray[np.floating], shape: tuple[int, ...]) -> FloatArray:
    """Activations (n, channels), averaged over the positions of each channel.

    Parameters
    ----------
    raw
        (n, p) activations of a layer, flattened.
    shape
        Shape for one example, channels first.
    """
    positions = raw.reshape(len(raw), shape[0], -1).astype(np.float64)
    means: FloatArray = positions.mean(axis=2)
    return means


def transport_plan(costs: FloatArray) -> FloatArray:
    """Cheapest transport plan (p, q) between uniform weights on p rows and on q columns.

    Parameters
    ----------
    costs
        (p, q) cost of moving all of the weight from a row to a column.
    """
    # The same amount taken from every cost leaves the cheapest plan what it is; with none below 0
    # and the largest 1 the solver's tolerances hold (a single cost near 0 was called infeasible).
    shifted = costs - costs.min()
    scale = shifted.max()
    if scale == 0:
        return np.full(costs.shape, 1 / costs.size)
    plan: FloatArray = _pot().emd([], [], shifted / scale, numItermax=ITERATIONS)
    return plan


@functools.cache
def _pot() -> ModuleType | Any:
    """POT, which takes a second to load, without the array libraries that take more."""
    for backend in BACKENDS:
        os.environ.setdefault(f"POT_BACKEND_DISABLE_{backend}", "1")
    import ot

    return ot
