"""Mutual nearest neighbours: whether two layers put the same examples next to each other."""

import numpy as np
from numpy.typing import NDArray

from repatlas.similarity.source import FloatArray

NEIGHBOURS = 10
"""Neighbours of an example."""


def neighbour_overlaps(distances: FloatArray, count: int = NEIGHBOURS) -> FloatArray:
    """Mean share of the nearest neighbours of an example that two layers have in common.

    Only the order of the distances from each example enters: no example far from the rest can
    weigh more than another. Unrelated layers share ``count / (n - 1)`` on average.

    Parameters
    ----------
    distances
        (B, n, n) distances of the same n examples, or any increasing function of them.
    count
        Neighbours of an example, k. Of several at one distance, the first examples count.

    Returns
    -------
    FloatArray
        (B, B), 0 to 1; NaN in the row and column of a layer that tells no two examples apart.

    Raises
    ------
    ValueError
        ``count`` not from 1 to n - 2: with all other examples for neighbours all layers agree.
    """
    size, examples, _ = distances.shape
    if not 1 <= count <= examples - 2:
        raise ValueError(f"an example of {examples} has no {count} nearest neighbours")
    near = np.array([nearest(layer, count) for layer in distances])
    rows = near.reshape(size, -1).astype(np.float32)
    overlaps = (rows @ rows.T).astype(np.float64) / (count * examples)
    constant = ~distances.any(axis=(1, 2))
    overlaps[constant] = np.nan
    overlaps[:, constant] = np.nan
    return overlaps


def neighbour_count(examples: int) -> int:
    """How many neighbours of an example to take: `NEIGHBOURS`, or half of fewer than 20."""
    return min(NEIGHBOURS, examples // 2)


def nearest(distances: FloatArray, count: int) -> NDArray[np.bool_]:
    """Whether the example of a column is among the neighbours of that of the row (n, n).

    Arguments as for `neighbour_overlaps`, of one layer.
    """
    others = distances.copy()
    np.fill_diagonal(others, np.inf)
    order = np.argsort(others, axis=1, kind="stable")[:, :count]
    near = np.zeros(others.shape, dtype=bool)
    np.put_along_axis(near, order, True, axis=1)
    return near
