"""Similarity of all layers within a network, and between the networks of a set."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from repatlas.errors import InputError
from repatlas.similarity.cka import normalised
from repatlas.similarity.components import squared_cosine
from repatlas.similarity.products import MEMORY, batch_products, full_products
from repatlas.similarity.source import (
    FloatArray,
    GramSource,
    layer_count,
    require_same_examples,
    varies,
)

Pair = tuple[int, int]


@dataclass(frozen=True)
class PairSimilarity:
    """Similarity of the K layers of one network with the L layers of another, or of the same.

    Every field is (K, L) float64, not clamped; NaN in the row or column of a layer that has no
    value. Two checkpoints of one run are two networks.

    Attributes
    ----------
    cka_minibatch
        Linear CKA from the unbiased HSIC of the batches, the estimator of the papers.
    cka_minibatch_biased
        The same from the biased HSIC.
    cka_without_component
        ``cka_minibatch`` after the first principal components of both layers were removed.
    component_cosine
        Squared cosine of the first principal components.
    cka_exact, cka_biased
        CKA from the unbiased and the biased HSIC over all examples; None without exact Grams.
    """

    cka_minibatch: FloatArray
    cka_minibatch_biased: FloatArray
    cka_without_component: FloatArray
    component_cosine: FloatArray
    cka_exact: FloatArray | None = None
    cka_biased: FloatArray | None = None


def compare_within(source: GramSource, *, removed: int = 1, memory: int = MEMORY) -> PairSimilarity:
    """Similarity of the layers of one network with each other; arguments as for `compare`."""
    return compare([source], [(0, 0)], removed=removed, memory=memory)[0, 0]


def compare(
    sources: Sequence[GramSource],
    pairs: Sequence[Pair] | None = None,
    *,
    removed: int = 1,
    memory: int = MEMORY,
) -> dict[Pair, PairSimilarity]:
    """Similarity of the layers of pairs of networks, each stored Gram read once.

    Parameters
    ----------
    sources
        Networks, with any numbers of layers, on the same examples in the same batches.
    pairs
        Indices (i, j) of networks; (i, i) compares a network with itself. None: all i < j.
    removed
        Principal components that ``cka_without_component`` does without.
    memory
        Bytes that stacked Grams may take; it decides how wide a block is read, and no value.

    Returns
    -------
    dict
        One entry a pair. Exact values are there if all networks have exact Grams.

    Raises
    ------
    InputError
        Networks with other samples, another order or other batches, or with fewer stored
        components than are to be removed.
    ValueError
        A negative ``removed``.
    """
    if removed < 0:
        raise ValueError(f"removed must be 0 or more, not {removed}")
    if not sources:
        raise InputError("no activation store was given: name at least one")
    require_same_examples(sources)
    batched = batch_products(sources, removed, memory)
    exact = full_products(sources, memory=memory) if all(s.has_exact for s in sources) else None
    edges = np.cumsum([0, *(layer_count(source) for source in sources)])
    rows = [slice(start, stop) for start, stop in pairwise(edges)]
    first = [_first_components(source) for source in sources]
    chosen = combinations(range(len(sources)), 2) if pairs is None else pairs
    return {
        (i, j): PairSimilarity(
            cka_minibatch=_cka(batched.unbiased, rows[i], rows[j]),
            cka_minibatch_biased=_cka(batched.biased, rows[i], rows[j]),
            cka_without_component=_cka(batched.residual, rows[i], rows[j]),
            component_cosine=squared_cosine(first[i], first[j]),
            cka_exact=None if exact is None else _cka(exact.unbiased, rows[i], rows[j]),
            cka_biased=None if exact is None else _cka(exact.biased, rows[i], rows[j]),
        )
        for i, j in chosen
    }


def _cka(products: FloatArray, rows: slice, columns: slice) -> FloatArray:
    own = np.diagonal(products)
    return normalised(products[rows, columns], own[rows, None], own[columns])


def _first_components(source: GramSource) -> FloatArray:
    """First components (L, n), NaN where the layer is dead."""
    vectors = np.asarray(source.component_vectors[:, 0], dtype=np.float64)
    return np.where(varies(source)[:, None], vectors, np.nan)
