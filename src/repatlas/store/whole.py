"""A layer's part of the store from its activations on the whole probe set at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.store.components import Components, Product, leading_components, no_components
from repatlas.store.gram import CONSTANT, pack_upper, u_center
from repatlas.store.layer_grams import (
    BatchGram,
    Float64,
    column_sums,
    flatten,
    gram,
    require_finite,
    squared_norms,
)


@dataclass(frozen=True)
class LayerRecord:
    """What the store keeps of a layer.

    Attributes
    ----------
    norms
        (n,) L2 norms of the raw activations.
    centered_square
        (n,) squared norms of the activations centred over all examples.
    batches
        One Gram for each probe batch.
    components
        Leading components over all examples.
    exact
        (n (n - 1) / 2,) packed U-centred Gram over all examples, where asked for.
    """

    norms: Float64
    centered_square: Float64
    batches: list[BatchGram]
    components: Components
    exact: NDArray[np.float32] | None


def record_layer(
    output: Tensor,
    name: str,
    batches: Sequence[tuple[int, int]],
    components: int,
    exact: bool = False,
) -> LayerRecord:
    """Reduce one layer's activations to its part of the store.

    Parameters
    ----------
    output
        (n, ...) activations of all examples; they are not changed.
    name
        What messages call the layer.
    batches
        Rows (start, stop) of each probe batch.
    components
        Number of components k.
    exact
        Whether to keep the Gram over all examples.

    Raises
    ------
    InputError
        Activations that are not finite.
    """
    features = flatten(output)
    norms_squared = squared_norms(features)
    require_finite(norms_squared, name)
    centered = features - (column_sums(features) / len(features)).float()
    squares = squared_norms(centered)
    if squares.sum() <= CONSTANT * norms_squared.sum():
        return _constant(np.sqrt(norms_squared), batches, components, exact)
    full = gram(centered)
    return LayerRecord(
        norms=np.sqrt(norms_squared),
        centered_square=squares,
        batches=[
            BatchGram.make(full[a:b, a:b].cpu().numpy(), squares[a:b], norms_squared[a:b])
            for a, b in batches
        ],
        components=leading_components(
            _product_with(full), len(squares), components, float(squares.sum())
        ),
        exact=pack_upper(u_center(full.cpu().numpy())) if exact else None,
    )


def _constant(
    norms: Float64, batches: Sequence[tuple[int, int]], components: int, exact: bool
) -> LayerRecord:
    count = len(norms)
    return LayerRecord(
        norms=norms,
        centered_square=np.zeros(count),
        batches=[BatchGram.constant(stop - start) for start, stop in batches],
        components=no_components(count, components),
        exact=BatchGram.constant(count).packed if exact else None,
    )


def _product_with(matrix: Tensor) -> Product:
    """Product with a Gram, where the Gram is."""
    if matrix.is_cuda:
        return lambda columns: (matrix @ torch.from_numpy(columns).to(matrix.device)).cpu().numpy()
    array = matrix.numpy()
    return lambda columns: array @ columns
