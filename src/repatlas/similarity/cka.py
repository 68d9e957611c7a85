"""Linear centred kernel alignment of two plain arrays, in float64.

CKA compares what two representations make of the same examples. It does not change under
rotation, isotropic scaling or translation of the features; it does change under other linear maps.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from repatlas.errors import InputError
from repatlas.similarity.source import FloatArray
from repatlas.store.gram import MINIMUM_BATCH, batch_rows

Estimator = Literal["unbiased", "biased"]

ROUNDING = 64 * float(np.finfo(np.float64).eps)
"""Size of an HSIC, over the product of the traces, that is rounding alone."""


def cka(
    x: ArrayLike,
    y: ArrayLike,
    estimator: Estimator = "unbiased",
    batch_size: int | None = None,
) -> float:
    """Linear CKA of two representations of the same examples.

    Parameters
    ----------
    x, y
        (n, p) and (n, q), one row an example, or (n, ...), which is flattened.
    estimator
        ``"unbiased"``: from the unbiased HSIC of Song et al. (2012), near zero for unrelated
        features and at times below it. ``"biased"``: from ``<HKH, HLH>``, as in Kornblith et al.
        (2019), which rises with the number of features over that of examples.
    batch_size
        None takes all examples at once. Else the HSIC is summed over batches of so many rows in
        their order, and the ratio is taken at the end ("Do Wide and Deep Networks Learn the Same
        Things?", equation 2); a last batch of fewer than four joins the one before.

    Returns
    -------
    float
        Not clamped. NaN where a representation is constant, or where its unbiased HSIC with
        itself is zero (which one example alone can cause by being the only one to differ).

    Raises
    ------
    InputError
        Shapes that do not agree, fewer than four examples, values that are not finite, an unknown
        estimator or a batch size below four.
    """
    features = _features(x, "x"), _features(y, "y")
    count = len(features[0])
    if len(features[1]) != count:
        raise InputError(
            f"x has {count} examples and y has {len(features[1])}: give the same examples, in the "
            "same order, to both"
        )
    if estimator not in ("unbiased", "biased"):
        raise InputError(f"estimator {estimator!r} is unknown: give 'unbiased' or 'biased'")
    if batch_size is not None and batch_size < MINIMUM_BATCH:
        raise InputError(f"batch_size {batch_size} is too small: give {MINIMUM_BATCH} or more")
    sums = np.zeros((2, 2))
    for start, stop in batch_rows(count, batch_size or count):
        sums += _hsic_table([part[start:stop] for part in features], estimator)
    return float(normalised(sums[0, 1], sums[0, 0], sums[1, 1]))


def normalised(cross: ArrayLike, own: ArrayLike, other: ArrayLike) -> FloatArray:
    """CKA from HSIC: ``cross / sqrt(own * other)``, NaN where a layer has no HSIC with itself.

    Parameters
    ----------
    cross
        (K, L) HSIC of each pair of layers.
    own, other
        HSIC of the layers with themselves, broadcast against ``cross``.
    """
    square = np.multiply(own, other, dtype=np.float64)
    # One square root of the product: where all three are equal the ratio is exactly 1.
    norm = np.sqrt(np.where(square > 0, square, np.nan))
    return np.asarray(cross, dtype=np.float64) / norm


def centered_features(features: FloatArray) -> FloatArray:
    """Column-centred features (n, p); exactly zero where what varies is rounding."""
    centered = features - features.mean(axis=0)
    rounding = 8 * np.finfo(np.float64).eps * np.linalg.norm(features)
    return centered if np.linalg.norm(centered) > rounding else np.zeros_like(centered)


def _features(values: ArrayLike, name: str) -> FloatArray:
    array = np.asarray(values)
    if array.ndim < 2 or array.shape[0] < MINIMUM_BATCH:
        raise InputError(
            f"{name} has shape {array.shape}: give (n, p), one row an example, n at least "
            f"{MINIMUM_BATCH}"
        )
    flat = array.reshape(len(array), -1).astype(np.float64)
    if not np.isfinite(flat).all():
        raise InputError(f"{name} holds values that are not finite: leave those examples out")
    return flat


def _hsic_table(features: list[FloatArray], estimator: Estimator) -> FloatArray:
    """HSIC (2, 2) of two representations with themselves and each other; own HSIC 0 if rounding.

    The unbiased one follows from the Frobenius products A of the centred Grams K and their
    diagonals d, ``A - <d, e> b / (b - 2) + tr(K) tr(L) / ((b - 1)(b - 2))``, over ``b (b - 3)``.
    """
    count = len(features[0])
    centered = [centered_features(part) for part in features]
    squares = np.array([np.einsum("np,np->n", part, part) for part in centered])
    products = _gram_products(centered)
    if estimator == "biased":
        return products / (count - 1) ** 2
    traces = np.outer(squares.sum(axis=1), squares.sum(axis=1))
    shared = squares @ squares.T * (count / (count - 2))
    hsic: FloatArray = products - shared + traces / ((count - 1) * (count - 2))
    hsic[np.diag(np.diagonal(hsic) <= ROUNDING * np.diagonal(traces))] = 0
    return hsic / (count * (count - 3))


def _gram_products(centered: list[FloatArray]) -> FloatArray:
    """``<XX', YY'>`` (2, 2) of centred features, over examples or over features by the cost."""
    x, y = centered
    count = len(x)
    if max(x.shape[1], y.shape[1]) < count:
        pairs = [(x, x), (x, y), (y, y)]
        own, cross, other = (np.square(a.T @ b).sum() for a, b in pairs)
    else:
        gram, gram_y = x @ x.T, y @ y.T
        pairs = [(gram, gram), (gram, gram_y), (gram_y, gram_y)]
        own, cross, other = (np.vdot(a, b) for a, b in pairs)
    return np.array([[own, cross], [cross, other]])
