"""Permutation null of CKA: what two networks share if their examples do not correspond.

No Gram is made anew: to permute the examples of a batch is to permute the entries of its Gram,
which leaves the norm as it is, so one gather and one product give the CKA of a permutation.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.similarity.cka import normalised
from repatlas.similarity.products import power_scales, rounding_floor
from repatlas.similarity.source import (
    Array,
    FloatArray,
    GramSource,
    layer_count,
    require_same_examples,
    varies,
)


def permutation_null(
    first: GramSource,
    second: GramSource,
    permutations: int,
    generator: np.random.Generator,
    *,
    layers: tuple[Sequence[int], Sequence[int]] | None = None,
    groups: ArrayLike | None = None,
) -> FloatArray:
    """Minibatch unbiased CKA of two networks whose examples are permuted against each other.

    Examples are permuted within their batch, all layers alike, the batches independently.

    Parameters
    ----------
    first, second
        Networks on the same examples in the same batches.
    permutations
        Number of permutations.
    generator
        Source of the permutations; the same state gives the same null.
    layers
        Layer indices of the first and the second network; None: all of them.
    groups
        (n,) label of each example; only examples of one label are exchanged, so that what
        remains is what the labels alone explain. None: all examples of a batch are exchanged.

    Returns
    -------
    FloatArray
        (permutations, K, L); NaN in the row or column of a layer that has no value.

    Raises
    ------
    InputError
        Networks with other samples, another order or other batches.
    ValueError
        ``groups`` of another length than the examples.
    """
    require_same_examples([first, second])
    kept = layers or (range(layer_count(first)), range(layer_count(second)))
    one, other = _Side(first, kept[0]), _Side(second, kept[1])
    count = first.batches[-1][1]
    labels = np.zeros(count) if groups is None else np.asarray(groups)
    if labels.shape != (count,):
        raise ValueError(f"groups have shape {labels.shape}, the networks {count} examples")
    cross = np.zeros((permutations, len(kept[0]), len(kept[1])))
    for batch, (start, stop) in enumerate(first.batches):
        size = stop - start
        rows, columns = one.read(batch), other.read(batch)
        for item in range(permutations):
            order = _permutation(labels[start:stop], generator)
            moved = columns[:, permuted_columns(order)]
            cross[item] += 2 * (rows @ moved.T) / (size * (size - 3))
    return normalised(cross, one.own()[:, None], other.own())


def permutation_p_value(value: float, null: ArrayLike) -> float:
    """One-sided p-value of a CKA: the share of the null at or above it, itself counted.

    Never 0; NaN where the value or the null has none.

    Parameters
    ----------
    value
        The CKA observed.
    null
        (permutations,) values of the same statistic under permutation.
    """
    null = np.asarray(null, dtype=np.float64)
    if np.isnan(value) or np.isnan(null).any():
        return float("nan")
    # Rounding must not break ties: a permutation that moves nothing is as large as the observed.
    above = np.count_nonzero(null >= value - 1e-6 * abs(value))
    return (1 + above) / (1 + null.size)


def permuted_columns(order: NDArray[np.integer]) -> NDArray[np.intp]:
    """Columns of a packed Gram in which its entries stand once its examples are permuted.

    Parameters
    ----------
    order
        (b,) permutation: example i is to become what example ``order[i]`` was.

    Returns
    -------
    NDArray[np.intp]
        (b (b - 1) / 2,) such that ``packed[columns]`` packs ``gram[order][:, order]``.
    """
    count = len(order)
    rows, columns = (order[index] for index in np.triu_indices(count, k=1))
    low, high = np.minimum(rows, columns), np.maximum(rows, columns)
    position: NDArray[np.intp] = low * (2 * count - low - 1) // 2 + high - low - 1
    return position


def _permutation(labels: NDArray, generator: np.random.Generator) -> NDArray[np.intp]:
    order = np.arange(len(labels))
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        order[rows] = generator.permutation(rows)
    return order


class _Side:
    """Chosen layers of one network, and their HSIC with themselves over the batches read."""

    def __init__(self, source: GramSource, layers: Sequence[int]) -> None:
        self._source = source
        self._layers = list(layers)
        squares = np.asarray(source.centered_square_batch, dtype=np.float64)[self._layers]
        self._scales = power_scales(squares.mean(axis=1))[:, None]
        self._squares = squares * self._scales
        self._own, self._floor = np.zeros((2, len(self._layers)))

    def read(self, batch: int) -> Array:
        start, stop = self._source.batches[batch]
        size = stop - start
        rows = self._source.gram(batch)[self._layers]
        rows *= self._scales.astype(rows.dtype)
        self._own += 2 * np.square(rows, dtype=np.float64).sum(axis=1) / (size * (size - 3))
        self._floor += rounding_floor(self._squares[:, start:stop].sum(axis=1), size)
        return rows

    def own(self) -> FloatArray:
        """HSIC (L,) with themselves; 0 where there is none but rounding."""
        return np.where(
            varies(self._source)[self._layers] & (self._own > self._floor), self._own, 0
        )
