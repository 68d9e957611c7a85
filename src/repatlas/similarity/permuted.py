"""Permutation nulls of Procrustes similarity, mutual neighbours and RSA: as `null` is that of CKA.

Groeger, Wen and Brbic (2026) calibrate scores by such nulls. Nothing is measured anew: what a
measure makes of one layer (roots of its Gram, neighbours, ranks of distances) is permuted, and only
the comparison is repeated.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from repatlas.similarity.grid import Pair
from repatlas.similarity.kernels import pair_values
from repatlas.similarity.neighbours import nearest, neighbour_count
from repatlas.similarity.null import permuted_columns
from repatlas.similarity.rsa import standard_ranks
from repatlas.similarity.shape import unit_root
from repatlas.similarity.source import FloatArray

Orders = NDArray[np.integer]


def procrustes_null(grams: FloatArray, pairs: Sequence[Pair], orders: Orders) -> FloatArray:
    """Procrustes similarities of layers where the examples of the second are permuted.

    In single precision, whose error of 1e-6 is small beside the spread of the null: one
    singular value decomposition each is most of the work.

    Parameters
    ----------
    grams
        (B, n, n) column-centred Grams of layers over the same n examples.
    pairs
        P pairs of layers.
    orders
        (m, n) permutations: the second layer shows example i as what example ``order[i]`` is.

    Returns
    -------
    FloatArray
        (m, P); 0 with a layer that is constant.
    """
    roots = [unit_root(gram).astype(np.float32) for gram in grams]
    null = np.empty((len(orders), len(pairs)))
    for row, order in enumerate(orders):
        for column, (first, second) in enumerate(pairs):
            cross = roots[first].T @ roots[second][order]
            null[row, column] = np.linalg.svd(cross, compute_uv=False).sum()
    return null


def neighbour_null(distances: FloatArray, pairs: Sequence[Pair], orders: Orders) -> FloatArray:
    """Shares (m, P) of common neighbours where the examples of the second layer are permuted.

    Distances (B, n, n) as for `repatlas.similarity.neighbours.neighbour_overlaps`; other arguments
    as for `procrustes_null`.
    """
    near = [nearest(layer, neighbour_count(len(layer))) for layer in distances]
    lists = [np.nonzero(layer) for layer in near]
    null = np.empty((len(orders), len(pairs)))
    for row, order in enumerate(orders):
        for column, (first, second) in enumerate(pairs):
            examples, neighbours = lists[first]
            null[row, column] = near[second][order[examples], order[neighbours]].mean()
    return null


def distance_correlation_null(
    distances: FloatArray, pairs: Sequence[Pair], orders: Orders
) -> FloatArray:
    """Spearman correlations (m, P) of distances where the examples of the second are permuted.

    Distances (B, n, n) or any increasing function of them; other arguments as for
    `procrustes_null`. NaN with a layer in which all distances are equal.
    """
    ranks = standard_ranks(pair_values(distances))
    null = np.empty((len(orders), len(pairs)))
    for row, order in enumerate(orders):
        moved = ranks[:, permuted_columns(order)]
        null[row] = [ranks[first] @ moved[second] for first, second in pairs]
    return null
