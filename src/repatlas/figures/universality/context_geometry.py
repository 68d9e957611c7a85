"""Geometry of the context task in a hidden layer: what is kept, and in which directions."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def components(hidden: ArrayLike, count: int = 3) -> tuple[Floats, Floats]:
    """Coordinates (n, count) on the first principal components, and all shares of variance.

    Signs are such that the largest coordinate of each component is above 0.

    Parameters
    ----------
    hidden
        (n, p) activations.
    """
    values = np.asarray(hidden, dtype=np.float64)
    left, sizes, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    points = left[:, :count] * sizes[:count]
    largest = points[np.abs(points).argmax(axis=0), np.arange(points.shape[1])]
    total = (sizes**2).sum()
    shares: Floats = sizes**2 / total if total > 0 else sizes
    return points * np.where(largest < 0, -1, 1), shares


def kept_share(hidden: ArrayLike, context: ArrayLike, first: ArrayLike, second: ArrayLike) -> float:
    """Share of the useless feature in the variance that the means over features have.

    Within each context, variance between the mean activations of the values of a feature is summed
    over units; the share is that of the useless feature in the sum of both, averaged over the two
    contexts. NaN where neither feature is told.
    """
    shares = []
    for chosen, useful, useless in _contexts(hidden, context, first, second):
        parts = [_between(chosen, feature) for feature in (useful, useless)]
        shares.append(parts[1] / sum(parts) if sum(parts) > 0 else np.nan)
    return float(np.mean(shares))


def orthogonality(
    hidden: ArrayLike, context: ArrayLike, first: ArrayLike, second: ArrayLike
) -> float:
    """|cosine| between the directions along which the useful feature of either context changes.

    Directions are slopes of least squares of the activations on the feature.
    """
    axes = []
    for chosen, useful, _ in _contexts(hidden, context, first, second):
        centred = useful - useful.mean()
        axes.append(centred @ chosen)
    sizes = np.prod([np.linalg.norm(axis) for axis in axes])
    return float(abs(axes[0] @ axes[1]) / sizes) if sizes > 0 else np.nan


def _contexts(
    hidden: ArrayLike, context: ArrayLike, first: ArrayLike, second: ArrayLike
) -> list[tuple[Floats, Floats, Floats]]:
    """Activations, useful and useless feature of the inputs of either context."""
    values, where = np.asarray(hidden, dtype=np.float64), np.asarray(context)
    features = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    rows = [where == number for number in (0, 1)]
    return [
        (values[row], features[number][row], features[1 - number][row])
        for number, row in enumerate(rows)
    ]


def _between(values: Floats, feature: Floats) -> float:
    """Variance between the means of the values of a feature, summed over units."""
    _, places, counts = np.unique(feature, return_inverse=True, return_counts=True)
    members = np.eye(len(counts))[places]
    means = (members.T @ values) / counts[:, None]
    away = means - values.mean(axis=0)
    return float((counts[:, None] * away**2).sum() / len(values))
