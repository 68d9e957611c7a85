"""Orthogonal Procrustes similarity: how near one layer comes to another if it may be rotated.

In contrast to CKA it weighs singular values and not their squares, so that the largest components
count for less (Ding et al. 2021; Williams et al. 2021).
"""

import numpy as np

from repatlas.similarity.source import FloatArray

RANK_TOLERANCE = float(np.finfo(np.float32).eps)
"""Eigenvalue of a Gram, over its largest, that float32 Grams hold as noise of either sign."""


def procrustes_similarities(grams: FloatArray) -> FloatArray:
    """Procrustes similarity of every two layers.

    With centred X and Y of unit Frobenius norm it is the nuclear norm of ``X'Y``, the largest
    ``<X Q, Y>`` over orthogonal Q: ``1 - d^2 / 2`` for their Procrustes distance d. It does not
    change under rotation, isotropic scaling and translation, and is never negative. It is biased
    upwards: independent features come near 1 where they are many more than the examples.

    Parameters
    ----------
    grams
        (B, n, n) column-centred Grams over the same n examples. The singular values of ``X'Y`` are
        those of the product of the square roots of the two Grams.

    Returns
    -------
    FloatArray
        (B, B), in [0, 1] up to rounding; NaN in the row and column of a layer that is constant.
    """
    size = len(grams)
    roots = [unit_root(gram) for gram in grams]
    values = np.eye(size)
    for i in range(size):
        for j in range(i):
            cross = roots[i].T @ roots[j]
            values[i, j] = values[j, i] = np.linalg.svd(cross, compute_uv=False).sum()
    constant = np.trace(grams, axis1=1, axis2=2) <= 0
    values[constant] = np.nan
    values[:, constant] = np.nan
    return values


def unit_root(gram: FloatArray) -> FloatArray:
    """Factor F (n, rank) of unit Frobenius norm with ``F F'`` in proportion to a Gram (n, n).

    Of a constant layer it has no columns.
    """
    eigenvalues, vectors = np.linalg.eigh(gram)
    kept = eigenvalues > RANK_TOLERANCE * eigenvalues[-1]
    factor: FloatArray = vectors[:, kept] * np.sqrt(eigenvalues[kept])
    return factor / np.linalg.norm(factor) if kept.any() else factor
