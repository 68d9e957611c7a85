"""Means of pairs of points over their classes."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.errors import InputError

Floats = NDArray[np.float64]


def class_means(table: Floats, labels: ArrayLike) -> Floats:
    """Mean over the pairs of each two classes, so that their sizes do not count.

    The authors' code sums over pairs, and its prediction for MNIST then shows class sizes.

    Parameters
    ----------
    table
        (..., n, n) values of pairs of points.
    labels
        (n,) integers from 0; k is the largest plus 1.

    Returns
    -------
    Floats
        (..., k, k); on the diagonal over pairs of two different points. NaN where there is no pair.

    Raises
    ------
    InputError
        Table and labels are not of as many points.
    """
    numbers: NDArray[np.int64] = np.asarray(labels, dtype=np.int64)
    if table.shape[-2:] != (len(numbers), len(numbers)):
        raise InputError(f"a table {table.shape} of pairs does not fit {len(numbers)} labels")
    members = np.eye(numbers.max() + 1)[numbers]
    off = table * ~np.eye(len(numbers), dtype=bool)
    sizes = members.sum(axis=0)
    counts = np.outer(sizes, sizes) - np.diag(sizes)
    sums = members.T @ off @ members
    means: Floats = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return means
