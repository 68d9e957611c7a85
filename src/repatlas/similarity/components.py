"""Principal components of layers: how they agree, and Grams without them.

With unit-norm left singular vectors u and eigenvalues lam of the centred activations Xc, removing
components, ``Xc - u u' Xc``, removes ``lam u u'`` from the Gram. On a batch the same holds for the
U-centred Gram, because U-centring is linear and indifferent to a shift of the mean.
"""

import numpy as np

from repatlas.similarity.source import Array, FloatArray


def squared_cosine(vectors: Array, other: Array) -> FloatArray:
    """Squared cosine between the components of two sets of layers.

    As the share of the first component nears one in two layers, their CKA nears this ("Do Wide
    and Deep Networks Learn the Same Things?", equation 4).

    Parameters
    ----------
    vectors, other
        (K, n) and (L, n), unit norm over the same examples.

    Returns
    -------
    FloatArray
        (K, L), in [0, 1] up to rounding; no sign convention enters it. NaN where a vector is.
    """
    return np.square(vectors.astype(np.float64) @ other.astype(np.float64).T)


def subtract_components(
    rows: Array, vectors: FloatArray, eigenvalues: FloatArray, first: int, last: int
) -> None:
    """Remove principal components from packed U-centred Grams, in place.

    Parameters
    ----------
    rows
        (L, columns), the rows ``first`` to ``last`` of the strict upper triangles; overwritten.
    vectors
        (L, m, b), the components on the examples of this batch.
    eigenvalues
        (L, m), of the whole set of examples.
    first, last
        Rows of the (b, b) Gram that ``rows`` holds.
    """
    count = vectors.shape[2]
    scaled = vectors * eigenvalues[:, :, None]
    means = _hollow_means(vectors, scaled).astype(rows.dtype)
    vectors, scaled = vectors.astype(rows.dtype), scaled.astype(rows.dtype)
    start = 0
    for row in range(first, last):
        block = rows[:, start : start + count - 1 - row]
        outer = np.einsum("lm,lmj->lj", scaled[:, :, row], vectors[:, :, row + 1 :])
        block -= outer - means[:, row, None] - means[:, row + 1 :]
        start += block.shape[1]


def _hollow_means(vectors: FloatArray, scaled: FloatArray) -> FloatArray:
    """Means (L, b) that U-centring subtracts from the hollow Gram ``sum_m lam u u'``."""
    count = vectors.shape[2]
    sums = vectors.sum(axis=2, keepdims=True)
    rows = (scaled * (sums - vectors)).sum(axis=1) / (count - 2)
    means: FloatArray = rows - rows.sum(axis=1, keepdims=True) / (2 * (count - 1))
    return means
