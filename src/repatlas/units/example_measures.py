"""How alike the same layers of several networks arrange examples, with permutation nulls."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from repatlas.similarity.cka import normalised
from repatlas.similarity.geometry import Geometry, batch_geometry
from repatlas.similarity.grid import Pair
from repatlas.similarity.kernels import pair_values
from repatlas.similarity.neighbours import neighbour_count, neighbour_overlaps
from repatlas.similarity.null import permutation_null
from repatlas.similarity.permuted import (
    Orders,
    distance_correlation_null,
    neighbour_null,
    procrustes_null,
)
from repatlas.similarity.products import batch_products
from repatlas.similarity.rsa import distance_correlations
from repatlas.similarity.shape import procrustes_similarities
from repatlas.similarity.source import FloatArray, GramSource, layer_count

Rows = Sequence[Sequence[int]]
"""For each network, where its L layers to compare stand in its layer table."""


class Scored(NamedTuple):
    """A measure of L layers of P pairs of networks.

    Attributes
    ----------
    values
        (L, P) similarities; NaN where a layer has none.
    null
        (m, L, P) similarities where the examples of the second network are permuted.
    """

    values: FloatArray
    null: FloatArray


def score_examples(
    sources: Sequence[GramSource], rows: Rows, pairs: Sequence[Pair], permutations: int, seed: int
) -> dict[str, Scored]:
    """Score the same layers of pairs of networks by all measures on examples.

    Linear CKA is the unbiased minibatch estimator over all batches, the others are taken on the
    examples of the first batch. A permutation costs 4 ms on one core for each layer and pair with
    256 examples, most of it for the singular values of Procrustes similarity.

    Parameters
    ----------
    sources
        Networks on the same examples in the same batches.
    rows
        The layers of each.
    pairs
        The pairs of networks.
    permutations
        How many permutations, m.
    seed
        Of the permutations.

    Returns
    -------
    dict
        By the names of `repatlas.units.results.EXAMPLE_MEASURES`.
    """
    generator = np.random.default_rng(seed)
    found = {"cka_linear": _cka(sources, rows, pairs, permutations, generator)}
    first = [
        batch_geometry(source, 0, chosen) for source, chosen in zip(sources, rows, strict=True)
    ]
    examples = first[0].grams.shape[1]
    orders = np.array([generator.permutation(examples) for _ in range(permutations)])
    layers = [_arranged(first, layer, pairs, orders) for layer in range(len(rows[0]))]
    for name in layers[0]:
        values, nulls = zip(*(layer[name] for layer in layers), strict=True)
        found[name] = Scored(np.stack(values), np.stack(nulls, axis=1))
    return found


def _cka(
    sources: Sequence[GramSource],
    rows: Rows,
    pairs: Sequence[Pair],
    permutations: int,
    generator: np.random.Generator,
) -> Scored:
    products = batch_products(sources).unbiased
    own = np.diagonal(products)
    starts = np.cumsum([0, *(layer_count(source) for source in sources[:-1])])
    places = [start + np.array(chosen) for start, chosen in zip(starts, rows, strict=True)]
    values, nulls = [], []
    for i, j in pairs:
        one, other = places[i], places[j]
        values.append(normalised(products[one, other], own[one], own[other]))
        null = permutation_null(
            sources[i], sources[j], permutations, generator, layers=(rows[i], rows[j])
        )
        nulls.append(np.diagonal(null, axis1=1, axis2=2))
    return Scored(np.stack(values, axis=1), np.stack(nulls, axis=2))


def _arranged(
    networks: Sequence[Geometry], layer: int, pairs: Sequence[Pair], orders: Orders
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Values (P,) and nulls (m, P) of one layer, by measures on the examples of one batch."""
    grams = np.stack([network.grams[layer] for network in networks])
    distances = np.stack([network.squared_distances()[layer] for network in networks])
    count = neighbour_count(len(grams[0]))
    found = {
        "procrustes": (procrustes_similarities(grams), procrustes_null(grams, pairs, orders)),
        "rsa_spearman": (
            distance_correlations(pair_values(distances)),
            distance_correlation_null(distances, pairs, orders),
        ),
        "mutual_neighbours": (
            neighbour_overlaps(distances, count),
            neighbour_null(distances, pairs, orders),
        ),
    }
    first, second = np.array(pairs).T
    return {name: (table[first, second], null) for name, (table, null) in found.items()}
