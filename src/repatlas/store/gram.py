"""Gram matrices of examples: made, U-centred, packed.

The U-centred Gram is all that linear CKA needs of a layer: the inner product of two of them is
the unbiased HSIC of the two layers, up to a factor that depends on the number of examples only.
"""

import numpy as np
from numpy.typing import NDArray

MINIMUM_BATCH = 4
"""The unbiased HSIC divides by b (b - 3): it has no value below four examples."""

CONSTANT = (8 * float(np.finfo(np.float32).eps)) ** 2
"""Variance over squared norm below which a layer is constant: float32 cannot hold less."""

Array = NDArray[np.floating]


def linear_gram(features: Array) -> Array:
    """Gram matrix ``X X'`` of column-centred features.

    Centring changes no CKA value, because U-centring removes the mean anyway; it only keeps
    float32 from cancelling where features have a large offset.

    Parameters
    ----------
    features
        (n, p), one row an example.

    Returns
    -------
    Array
        (n, n), in the dtype of the features. numpy takes the symmetric product (SYRK) here.
    """
    centered = features - features.mean(axis=0, dtype=np.float64).astype(features.dtype)
    gram: Array = centered @ centered.T
    return gram


def u_center(gram: Array) -> Array:
    """U-centred Gram (Szekely and Rizzo 2014): hollow, and every row sums to zero.

    With ``<U, V>`` summed over all entries, ``<U, V> / (b (b - 3))`` is the unbiased HSIC of
    Song et al. (2012), equation 3 of "Do Wide and Deep Networks Learn the Same Things?".

    Parameters
    ----------
    gram
        (b, b), symmetric; its diagonal is not read.

    Returns
    -------
    Array
        (b, b), a new array in the dtype of the Gram; the means are taken in float64.

    Raises
    ------
    ValueError
        Fewer than four examples.
    """
    count = len(gram)
    if count < MINIMUM_BATCH:
        raise ValueError(f"U-centring needs at least {MINIMUM_BATCH} examples, not {count}")
    rows = (gram.sum(axis=1, dtype=np.float64) - np.diagonal(gram)) / (count - 2)
    means = rows - rows.sum() / (2 * (count - 1))
    centered = (gram - means[:, None] - means[None, :]).astype(gram.dtype)
    np.fill_diagonal(centered, 0)
    return centered


def pack_upper(matrix: Array) -> Array:
    """Strict upper triangle of a (b, b) matrix, row by row, as a vector of b (b - 1) / 2."""
    packed: Array = np.concatenate([row[start:] for start, row in enumerate(matrix, 1)])
    return packed


def unpack_upper(packed: Array, count: int) -> Array:
    """Hollow symmetric (count, count) matrix whose strict upper triangle is ``packed``."""
    matrix = np.zeros((count, count), dtype=packed.dtype)
    matrix[np.triu_indices(count, k=1)] = packed
    return matrix + matrix.T


def batch_rows(count: int, batch_size: int) -> list[tuple[int, int]]:
    """Part ``count`` examples into fixed batches, given as (start, stop) rows.

    A last batch too small for the unbiased HSIC joins the one before it.
    """
    starts = list(range(0, count, batch_size))
    if len(starts) > 1 and count - starts[-1] < MINIMUM_BATCH:
        starts.pop()
    return list(zip(starts, [*starts[1:], count], strict=True))
