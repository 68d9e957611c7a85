"""Many points under one linearisation (an extension of van Rossem and Saxe 2024).

With ``h_i - hbar = D_h (x_i - xbar)`` and ``y_i - ybar = D_y (h_i - hbar)`` the gradient flow is
that of a linear network of two layers whose rates differ: the pair theory is its case of one mode.
It says how points act on each other through shared maps, which the pair theory leaves out. One
linearisation for all points cannot fit what no linear map fits (XOR).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp
from scipy.spatial.distance import pdist, squareform

from repatlas.errors import InputError
from repatlas.theory.effective import Floats, Rates

RELATIVE, ABSOLUTE = 1e-9, 1e-12


@dataclass(frozen=True, eq=False)
class LinearMaps:
    """Encoder and decoder of one linearisation, or their courses.

    Attributes
    ----------
    hidden
        ``D_h``, (..., p, d).
    output
        ``D_y``, (..., m, p).
    """

    hidden: Floats
    output: Floats


class Moments(NamedTuple):
    """What gradient flow sees of the points, averaged over them."""

    inputs: Floats
    """(d, d) covariance of the inputs."""
    cross: Floats
    """(m, d) of targets with inputs."""


def moments(inputs: ArrayLike, targets: ArrayLike) -> Moments:
    """Second moments of points about their means.

    Parameters
    ----------
    inputs
        (n, d).
    targets
        (n, m) of the same points.

    Raises
    ------
    InputError
        Inputs and targets are not of as many points.
    """
    x, y = np.asarray(inputs, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or len(x) < 2:
        raise InputError(
            f"inputs {x.shape} and targets {y.shape} do not belong together: "
            "give tables with a row for each of the same points, two or more"
        )
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    return Moments(x.T @ x / len(x), y.T @ x / len(x))


def integrate_maps(
    inputs: ArrayLike, targets: ArrayLike, rates: Rates, start: LinearMaps, times: ArrayLike
) -> LinearMaps:
    """Course of both maps under gradient flow.

    ``dD_h/dt = -D_y' (D_y D_h Sxx - Syx) / tau_h`` and ``dD_y/dt = -(D_y D_h Sxx - Syx) D_h' /
    tau_y`` with ``1 / tau = 2 eta``, the convention of ``Rates``.

    Parameters
    ----------
    inputs, targets
        (n, d) and (n, m).
    rates
        Numbers.
    start
        Maps (p, d) and (m, p).
    times
        (t,) increasing; the start is at the first.

    Returns
    -------
    LinearMaps
        (t, p, d) and (t, m, p).

    Raises
    ------
    InputError
        Shapes do not fit, or the solver gives up.
    """
    known = moments(inputs, targets)
    (width, inward), (outward, second) = start.hidden.shape, start.output.shape
    if (outward, inward) != known.cross.shape or width != second:
        raise InputError(
            f"maps {start.hidden.shape} and {start.output.shape} do not take {known.cross.shape[1]}"
            f" inputs to {known.cross.shape[0]} outputs"
        )
    size = width * inward

    def change(_: float, flat: Floats) -> Floats:
        hidden, output = flat[:size].reshape(width, inward), flat[size:].reshape(outward, width)
        error = output @ hidden @ known.inputs - known.cross
        encoder, decoder = rates.hidden * output.T @ error, rates.output * error @ hidden.T
        return -2 * np.concatenate([encoder.ravel(), decoder.ravel()])

    at = np.asarray(times, dtype=np.float64)
    flat = np.concatenate([start.hidden.ravel(), start.output.ravel()])
    found = solve_ivp(
        change, (at[0], at[-1]), flat, "DOP853", t_eval=at, rtol=RELATIVE, atol=ABSOLUTE
    )
    if not found.success:
        raise InputError(f"the maps of the points cannot be integrated: {found.message}")
    course = found.y.T
    return LinearMaps(
        course[:, :size].reshape(-1, width, inward), course[:, size:].reshape(-1, outward, width)
    )


def distances(points: ArrayLike) -> Floats:
    """Squared distance of every two of n points (n, d), of shape (n, n)."""
    table: NDArray[np.float64] = squareform(pdist(np.asarray(points, np.float64), "sqeuclidean"))
    return table
