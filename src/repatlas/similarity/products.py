"""Inner products of centred Grams, summed over batches, for many networks at once.

The rows of all layers of all networks are stacked, so that each stored Gram is read once and one
symmetric matrix product a batch serves every pair of layers. Products are taken in the dtype of the
Grams and summed in float64.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from repatlas.errors import InputError
from repatlas.similarity.components import subtract_components
from repatlas.similarity.source import Array, FloatArray, GramSource, layer_count, varies

MEMORY = 256 * 2**20
"""Bytes that the stacked rows may take; beyond, they are read in narrower blocks of columns.

While they are stacked, twice as much is held.
"""

COLUMNS = 8192
"""Columns of one product: short sums keep float32 exact to 1e-7, and cost no time."""

ROUNDING = 16 * float(np.finfo(np.float32).eps)
"""Norm of a U-centred Gram, over its trace, that rounding of the activations alone can make."""


Part = tuple[int | None, tuple[int, int]]
"""A batch by its number, or None for all examples, with its rows (start, stop)."""


@dataclass(frozen=True)
class Products:
    """HSIC of every pair of T stacked layers, summed over batches; NaN where a layer has none.

    Attributes
    ----------
    unbiased
        (T, T) unbiased HSIC of Song et al. (2012).
    biased
        (T, T) biased HSIC, ``<HKH, HLH> / (b - 1)^2``.
    residual
        (T, T) as ``unbiased``, after the first components were removed, if any were to be.
    """

    unbiased: FloatArray
    biased: FloatArray
    residual: FloatArray


def batch_products(
    sources: Sequence[GramSource], removed: int = 0, memory: int = MEMORY
) -> Products:
    """Products of the Grams of the fixed batches, each batch counted as one HSIC.

    Parameters
    ----------
    sources
        Networks that saw the same examples in the same batches.
    removed
        Components to remove for ``residual``.
    memory
        Bytes that the stacked rows may take.

    Returns
    -------
    Products
        T is the number of layers of all networks, in their order.

    Raises
    ------
    InputError
        A network holds fewer components than are to be removed.
    """
    return _products(sources, list(enumerate(sources[0].batches)), removed, memory)


def full_products(
    sources: Sequence[GramSource], removed: int = 0, memory: int = MEMORY
) -> Products:
    """Products of the Grams over all examples: no noise of a batch size is left in them.

    Parameters and errors as for `batch_products`; every source must have its exact Gram.
    """
    return _products(sources, [(None, (0, sources[0].batches[-1][1]))], removed, memory)


def _products(
    sources: Sequence[GramSource],
    parts: Sequence[Part],
    removed: int,
    memory: int,
) -> Products:
    layers = _Layers.stack(sources, removed, exact=parts[0][0] is None)
    total = len(layers.scales)
    unbiased, biased, residual = (np.zeros((total, total)) for _ in range(3))
    floor = np.zeros(total)
    for count in sorted({stop - start for _, (start, stop) in parts}):
        alike = [part for part in parts if part[1][1] - part[1][0] == count]
        gram, without = _inner(sources, alike, layers, memory)
        squares = np.stack([layers.squares[:, start:stop] for _, (start, stop) in alike])
        traces = squares.sum(axis=2)
        unbiased += gram / (count * (count - 3))
        residual += without / (count * (count - 3))
        floor += rounding_floor(traces, count).sum(axis=0)
        biased += (gram + _diagonal_part(squares, traces)) / (count - 1) ** 2
    _blank(biased, layers.dead)
    _blank(unbiased, layers.dead | (np.diagonal(unbiased) <= floor))
    _blank(residual, layers.dead | (np.diagonal(residual) <= floor))
    return Products(unbiased, biased, residual)


def _diagonal_part(squares: FloatArray, traces: FloatArray) -> FloatArray:
    """``<HKH, HLH>`` less the inner product of the U-centred Grams, from the diagonals alone.

    Off the diagonal ``U_ij = K_ij + (d_i + d_j) / (b - 2) - t / ((b - 1)(b - 2))`` for a centred
    Gram K with diagonal d and trace t, because the rows of K sum to zero.

    Parameters
    ----------
    squares, traces
        (B, T, b) diagonals and (B, T) traces; the result (T, T) is summed over the B batches.
    """
    count = squares.shape[2]
    stacked = np.concatenate(squares, axis=1)
    part: FloatArray = stacked @ stacked.T * (count / (count - 2))
    part -= traces.T @ traces / ((count - 1) * (count - 2))
    return part


def _inner(
    sources: Sequence[GramSource], parts: Sequence[Part], layers: "_Layers", memory: int
) -> tuple[FloatArray, FloatArray]:
    """Inner products (T, T) of U-centred Grams, summed over batches of one size.

    They come whole, and without the components.
    """
    total = len(layers.scales)
    gram, without = np.zeros((2, total, total))
    rescale = np.flatnonzero(layers.scales != 1)
    for batch, (start, stop) in parts:
        vectors = layers.vectors[:, :, start:stop]
        for first, last, rows in _blocks(sources, batch, stop - start, memory):
            rows[rescale] *= layers.scales[rescale, None].astype(rows.dtype)
            _add_squares(rows, gram)
            if vectors.shape[1]:
                subtract_components(rows, vectors, layers.eigenvalues, first, last)
                _add_squares(rows, without)
    # The packed triangle is half of the Gram.
    gram *= 2
    without *= 2
    return gram, without if layers.vectors.shape[1] else gram


def _add_squares(rows: Array, product: FloatArray) -> None:
    """Add ``rows @ rows.T`` to a float64 product."""
    for start in range(0, rows.shape[1], COLUMNS):
        columns = rows[:, start : start + COLUMNS]
        product += columns @ columns.T


def _blocks(
    sources: Sequence[GramSource], batch: int | None, count: int, memory: int
) -> Iterator[tuple[int, int, Array]]:
    """Stacked rows (T, columns), for the rows ``first`` to ``last`` of the (count, count) Grams."""
    width = sum(layer_count(source) for source in sources) * count * 4
    step = max(1, memory // width)
    for first in range(0, count - 1, step):
        last = min(first + step, count - 1)
        columns = slice(_packed_start(first, count), _packed_start(last, count))
        rows = [
            source.exact_gram(columns) if batch is None else source.gram(batch, columns)
            for source in sources
        ]
        yield first, last, rows[0] if len(rows) == 1 else np.concatenate(rows)


def _packed_start(row: int, count: int) -> int:
    """Position of the first entry of a row in the packed strict upper triangle."""
    return row * (2 * count - row - 1) // 2


def _blank(products: FloatArray, rows: np.ndarray) -> None:
    products[rows] = np.nan
    products[:, rows] = np.nan


@dataclass(frozen=True)
class _Layers:
    """What is known of the T stacked layers besides their Grams.

    Attributes
    ----------
    dead
        (T,) whether the layer tells no two examples apart.
    scales
        (T,) powers of two that keep squares of Gram entries inside the range of float32.
    squares
        (T, n) squared norms of the centred activations, scaled.
    vectors, eigenvalues
        (T, m, n), (T, m) components to remove, scaled; NaN where a layer has no such component,
        which leaves it without a residual.
    """

    dead: np.ndarray
    scales: FloatArray
    squares: FloatArray
    vectors: FloatArray
    eigenvalues: FloatArray

    @classmethod
    def stack(cls, sources: Sequence[GramSource], removed: int, exact: bool) -> "_Layers":
        dead = ~np.concatenate([varies(source) for source in sources])
        squares = np.concatenate(
            [
                np.asarray(
                    source.centered_square_full if exact else source.centered_square_batch,
                    dtype=np.float64,
                )
                for source in sources
            ]
        )
        scales = power_scales(squares.mean(axis=1))
        vectors, eigenvalues = zip(
            *(_leading_components(source, removed) for source in sources), strict=True
        )
        return cls(
            dead=dead,
            scales=scales,
            squares=squares * scales[:, None],
            vectors=np.concatenate(vectors),
            eigenvalues=np.concatenate(eigenvalues) * scales[:, None],
        )


def rounding_floor(traces: FloatArray, count: int) -> FloatArray:
    """Unbiased HSIC of layers with themselves (L,) that is rounding alone.

    Parameters
    ----------
    traces
        (L,) traces of the centred Grams.
    count
        Number of examples.
    """
    return np.square(ROUNDING * traces) / (count * (count - 3))


def power_scales(magnitudes: FloatArray) -> FloatArray:
    """Powers of two (L,) that bring Grams of extreme size into the range of float32; else 1.

    Parameters
    ----------
    magnitudes
        (L,) mean diagonals of the centred Grams.
    """
    exponents = np.frexp(magnitudes)[1]
    return np.where(np.abs(exponents) > 40, np.ldexp(1.0, -exponents), 1.0)


def _leading_components(source: GramSource, removed: int) -> tuple[FloatArray, FloatArray]:
    vectors, eigenvalues = source.component_vectors, source.component_eigenvalues
    if eigenvalues.shape[1] < removed:
        raise InputError(
            f"{source.name} holds {eigenvalues.shape[1]} components a layer, but {removed} are to "
            f"be removed: extract it with components: {removed} or more"
        )
    return (
        np.asarray(vectors[:, :removed], dtype=np.float64),
        np.asarray(eigenvalues[:, :removed], dtype=np.float64),
    )
