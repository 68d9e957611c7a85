"""What similarity needs to know of one network: its Grams, norms and components."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.store.gram import CONSTANT

Array = NDArray[np.floating]
FloatArray = NDArray[np.float64]


class GramSource(Protocol):
    """One network on one probe set, as the activation store holds it.

    L layers, n examples in fixed batches of b, k stored components a layer. A Gram is the strict
    upper triangle of the U-centred Gram, row by row: b (b - 1) / 2 values.
    """

    @property
    def name(self) -> str:
        """What messages call it: the path of the file."""

    @property
    def sample_hash(self) -> str:
        """Hash of the sample ids in their order."""

    @property
    def ids(self) -> NDArray[np.str_]:
        """(n,) ids of the examples."""

    @property
    def batches(self) -> Sequence[tuple[int, int]]:
        """Rows (start, stop) of each batch."""

    @property
    def activation_norms(self) -> Array:
        """(L, n) L2 norms of the raw activations."""

    @property
    def centered_square_batch(self) -> Array:
        """(L, n) squared norms of the activations centred over their batch."""

    @property
    def centered_square_full(self) -> Array:
        """(L, n) squared norms of the activations centred over all examples."""

    @property
    def component_vectors(self) -> Array:
        """(L, k, n) unit left singular vectors of the activations centred over all examples."""

    @property
    def component_eigenvalues(self) -> Array:
        """(L, k) their squared singular values."""

    @property
    def component_share(self) -> Array:
        """(L, k) share of the variance of each component."""

    @property
    def has_exact(self) -> bool:
        """Whether the Gram over all examples is there."""

    def gram(self, batch: int, columns: slice = ...) -> Array:
        """(L, columns) packed Grams of one batch."""

    def exact_gram(self, columns: slice = ...) -> Array:
        """(L, columns) packed Grams over all examples."""


def varies(source: GramSource) -> NDArray[np.bool_]:
    """Whether each layer (L,) tells any two examples apart.

    A layer is dead where what varies is below the rounding of float32 activations. Every
    similarity with a dead layer is NaN: it has no value, and neither 0 nor 1 is it.
    """
    variation = source.centered_square_full.sum(axis=1, dtype=np.float64)
    total = np.square(source.activation_norms, dtype=np.float64).sum(axis=1)
    return variation > CONSTANT * total


def require_same_examples(sources: Sequence[GramSource]) -> None:
    """Refuse networks that did not see the same examples in the same order and batches.

    Raises
    ------
    InputError
        Names the two that differ, and where.
    """
    first, *others = sources
    for other in others:
        if other.sample_hash != first.sample_hash:
            raise InputError(
                f"{first.name} and {other.name} are about different examples "
                f"({_difference(first.ids, other.ids)}): extract both with the same probe and data"
            )
        if list(other.batches) != list(first.batches):
            raise InputError(
                f"{first.name} and {other.name} hold Grams of different batches: "
                "extract both with the same batch_size"
            )


def _difference(first: NDArray[np.str_], second: NDArray[np.str_]) -> str:
    if len(first) != len(second):
        return f"{len(first)} and {len(second)} of them"
    if np.array_equal(first, second):
        return "the same ids, but corrupted in one of them or in another way"
    place = int(np.argmax(first != second))
    words = "in another order" if set(first) == set(second) else "other ids"
    return f"{words}: number {place} is {first[place]} and {second[place]}"


def layer_count(source: GramSource) -> int:
    """Count the layers of a network."""
    return len(source.component_share)
