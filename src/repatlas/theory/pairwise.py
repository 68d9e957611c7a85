"""Geometry of many points, each pair taken by itself (van Rossem and Saxe 2024).

The theory of a pair is local: it leaves out what other points do to the shared maps. The authors
hold its table of final distances against XOR and MNIST.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.errors import InputError
from repatlas.theory.effective import Floats, Pair, Rates, Start
from repatlas.theory.final_distance import final_distance
from repatlas.theory.points import distances


def all_pairs(inputs: ArrayLike, targets: ArrayLike) -> Pair:
    """Every two of n points.

    Parameters
    ----------
    inputs
        (n, d).
    targets
        (n, m) of the same points.

    Returns
    -------
    Pair
        Of shape (n, n), with 0 on the diagonal.

    Raises
    ------
    InputError
        Inputs and targets are not of as many points.
    """
    pair = Pair(distances(inputs), distances(targets))
    if np.shape(pair.input_square) != np.shape(pair.target_square):
        raise InputError(
            f"{len(np.asarray(inputs))} inputs have {len(np.asarray(targets))} targets: "
            "give one target for each"
        )
    return pair


def predicted_distances(pair: Pair, rates: Rates, start: Start) -> Floats:
    """Squared hidden distance of every two points after training, 0 on the diagonal.

    Parameters
    ----------
    pair
        (n, n), of ``all_pairs``.
    rates
        Constants of the architecture, as fitted to any pair.
    start
        (n, n) distances before training; the diagonal and ``misalignment`` are not used.

    Returns
    -------
    Floats
        (n, n).

    Raises
    ------
    InputError
        Two different points have a distance that is impossible, or the same input.
    """
    count = len(np.asarray(pair.input_square))
    off = ~np.eye(count, dtype=bool)
    one = Pair(_off(pair.input_square, off), _off(pair.target_square, off))
    begin = Start(_off(start.hidden, off), _off(start.output, off), 0.0)
    table = np.zeros((count, count))
    table[off] = final_distance(one, rates, begin)
    return table


def rich_structure(pair: Pair) -> Floats:
    """Squared hidden distances of the rich regime up to one factor, ``|dx| |dy*|``, (n, n).

    The factor, ``sqrt(eta_h / eta_y)``, is all that an architecture adds.
    """
    table: Floats = np.sqrt(np.asarray(pair.input_square, np.float64) * pair.target_square)
    return table


def _off(value: object, off: NDArray[np.bool_]) -> Floats:
    """Values off the diagonal of a number or a table (n, n)."""
    spread: Floats = np.broadcast_to(np.asarray(value, dtype=np.float64), off.shape)[off]
    return spread
