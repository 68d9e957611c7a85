"""Features held in memory, in the form in which similarity takes an activation store."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.errors import InputError
from repatlas.similarity.source import Array, FloatArray
from repatlas.store.components import Components, select_components
from repatlas.store.gram import MINIMUM_BATCH, batch_rows, linear_gram, pack_upper, u_center
from repatlas.store.probe import sample_hash


@dataclass(frozen=True)
class FeatureGrams:
    """A `GramSource` made of arrays; see there for the attributes.

    For networks that were never stored: embeddings from elsewhere, layers of a toy. The Grams are
    kept in the dtype of the features.
    """

    name: str
    sample_hash: str
    ids: NDArray[np.str_]
    batches: tuple[tuple[int, int], ...]
    activation_norms: Array
    centered_square_batch: Array
    centered_square_full: Array
    component_vectors: Array
    component_eigenvalues: FloatArray
    component_share: FloatArray
    grams: tuple[Array, ...]
    exact: Array | None

    @property
    def has_exact(self) -> bool:
        """Whether the Gram over all examples is there."""
        return self.exact is not None

    def gram(self, batch: int, columns: slice = slice(None)) -> Array:
        """(L, columns) packed Grams of one batch, as a copy."""
        return self.grams[batch][:, columns].copy()

    def exact_gram(self, columns: slice = slice(None)) -> Array:
        """(L, columns) packed Grams over all examples, as a copy.

        Raises
        ------
        InputError
            They were not made.
        """
        if self.exact is None:
            raise InputError(f"{self.name} holds no exact Gram: make it with exact=True")
        return self.exact[:, columns].copy()


def feature_grams(
    layers: Sequence[ArrayLike],
    *,
    batch_size: int = 256,
    components: int = 8,
    exact: bool = False,
    ids: Sequence[str] | None = None,
    name: str = "features",
) -> FeatureGrams:
    """Grams, norms and principal components of features in memory.

    Parameters
    ----------
    layers
        One array (n, ...) a layer, all with the same examples in the same order.
    batch_size
        Examples of a batch; a last batch of fewer than four joins the one before.
    components
        Principal components to keep.
    exact
        Whether to make the Gram over all examples too.
    ids
        (n,) sample ids; networks are compared only where these agree. None: row numbers.
    name
        What messages call it.

    Returns
    -------
    FeatureGrams
        Components of constant layers are NaN.

    Raises
    ------
    InputError
        No layer, fewer than four examples, or layers with different numbers of them.
    """
    arrays = [np.asarray(layer).reshape(len(np.asarray(layer)), -1) for layer in layers]
    counts = sorted({len(array) for array in arrays})
    if len(counts) != 1 or counts[0] < MINIMUM_BATCH:
        raise InputError(
            f"{name}: layers have {counts} examples: give one number of {MINIMUM_BATCH} or more "
            "to all of them"
        )
    count = counts[0]
    batches = tuple(batch_rows(count, batch_size))
    centered = [[linear_gram(array[a:b]) for array in arrays] for a, b in batches]
    full = [linear_gram(array) for array in arrays]
    decomposed = [_components(gram, components) for gram in full]
    labels = ids if ids is not None else [str(row) for row in range(count)]
    return FeatureGrams(
        name=name,
        sample_hash=sample_hash(labels),
        ids=np.array(labels),
        batches=batches,
        activation_norms=np.array([np.linalg.norm(array, axis=1) for array in arrays]),
        centered_square_batch=np.concatenate(
            [[np.diagonal(gram) for gram in grams] for grams in centered], axis=1
        ),
        centered_square_full=np.array([np.diagonal(gram) for gram in full]),
        component_vectors=np.array([layer.vectors for layer in decomposed]),
        component_eigenvalues=np.array([layer.eigenvalues for layer in decomposed]),
        component_share=np.array([layer.shares for layer in decomposed]),
        grams=tuple(np.array([pack_upper(u_center(g)) for g in grams]) for grams in centered),
        exact=np.array([pack_upper(u_center(gram)) for gram in full]) if exact else None,
    )


def _components(gram: Array, number: int) -> Components:
    values, vectors = np.linalg.eigh(gram.astype(np.float64))
    return select_components(values, vectors, number, float(np.trace(gram, dtype=np.float64)))
