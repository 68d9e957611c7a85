"""How CKA answers to examples that are moved away (Davari et al. 2023, Theorem 1).

Let some M of the n examples be translated by c along a unit vector v. With ``h = 1_M - |M| / n``
the centred features become ``Xc + c h v'``. In their Gram ``c^2 h h'`` outgrows all else, so that
linear CKA with X, whose centred Gram is K, tends to

    h'K h / (|K| h'h),   h'K h = |sum over M of xc|^2,   h'h = |M| (n - |M|) / n

Over M and over the rest S the sums of ``xc`` cancel, which makes this the theorem's
``Gamma(rho) |E_S[x]|^2 / E_X[|x|^2] sqrt(dim_PR(X))`` with X centred, ``rho = |S| / n`` and
``Gamma = rho / (1 - rho)``. The direction v does not matter. Nor does which part is moved, for the
two translations differ by a constant: the theorem's condition ``rho <= 1/2`` is not needed, and its
Corollary 3, of one example moved, has ``rho = (n - 1) / n``, or ``1 / n`` for the example itself.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.similarity.cka import ROUNDING, centered_features, normalised
from repatlas.similarity.source import FloatArray


def translated_cka(
    features: ArrayLike, moved: ArrayLike, direction: ArrayLike, distances: ArrayLike
) -> FloatArray:
    """Biased linear CKA of features with the same after some examples were translated.

    Parameters
    ----------
    features
        (n, p).
    moved
        (n,) whether an example is translated.
    direction
        (p,), of any length above 0.
    distances
        (D,) lengths c of the translation, in units of the features.

    Returns
    -------
    FloatArray
        (D,); NaN where the features are constant, before or after.
    """
    x = centered_features(np.asarray(features, dtype=np.float64))
    h = np.asarray(moved, dtype=np.float64)
    h = h - h.mean()
    a = x @ (np.asarray(direction, dtype=np.float64) / np.linalg.norm(direction))
    c = np.asarray(distances, dtype=np.float64)
    # The Gram K becomes K + c A + c^2 B with A = a h' + h a' and B = h h'.
    gram_gram = _gram_square(x)
    gram_first = 2 * (a @ x) @ (h @ x)
    gram_second = np.square(h @ x).sum()
    first_first = 2 * ((a @ a) * (h @ h) + (a @ h) ** 2)
    first_second = 2 * (a @ h) * (h @ h)
    second_second = (h @ h) ** 2
    cross = gram_gram + c * gram_first + c**2 * gram_second
    own = cross + c * gram_first + c**2 * (gram_second + first_first)
    own += 2 * c**3 * first_second + c**4 * second_second
    own[own <= ROUNDING * (gram_gram + c**4 * second_second)] = 0
    return normalised(cross, own, gram_gram)


def translation_limit(features: ArrayLike, moved: ArrayLike) -> float:
    """Biased linear CKA of features with the same after an infinite translation (Theorem 1).

    Parameters
    ----------
    features
        (n, p).
    moved
        (n,) whether an example is translated: some are, and some are not.

    Returns
    -------
    float
        Equal for the translation of all the others in their place; NaN for constant features.

    Raises
    ------
    ValueError
        All examples are moved, or none.
    """
    x = centered_features(np.asarray(features, dtype=np.float64))
    kept = ~np.asarray(moved, dtype=bool)
    if kept.all() or not kept.any():
        raise ValueError("some examples must be moved and some must stay")
    if not x.any():
        return float("nan")
    rho = kept.mean()
    mean = x[kept].mean(axis=0)
    square = np.square(x).sum(axis=1).mean()
    participation = (len(x) * square) ** 2 / _gram_square(x)
    return float(rho / (1 - rho) * (mean @ mean) / square * np.sqrt(participation))


def _gram_square(x: NDArray[np.float64]) -> float:
    """Squared Frobenius norm of ``X X'``, over examples or over features by the cost."""
    product = x @ x.T if len(x) < x.shape[1] else x.T @ x
    return float(np.vdot(product, product))
