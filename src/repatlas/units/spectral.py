"""Spectral clustering of units by a tree ("Convergent Learning", supplement S.3)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.linalg import eigh
from scipy.sparse.csgraph import connected_components

from repatlas.units.moments import Floats

CLUSTER_SIZE = 4
"""Mean number of units in a cluster: two of either network, as in the paper's largest blocks."""

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class UnitTree:
    """Units merged step by step, and the clusters at which the merging is stopped.

    Attributes
    ----------
    linkage
        (n - 1, 4) rows of scipy's linkage.
    clusters
        (n,) number of the cluster of each unit; clusters are numbered as they stand in the tree.
    places
        (n,) place of each unit in the order of the leaves.
    """

    linkage: Floats
    clusters: Integers
    places: Integers


def spectral_tree(affinity: Floats) -> UnitTree:
    """Cluster units by average linkage in the embedding by the normalised Laplacian.

    A unit without neighbours is a cluster of its own, merged after all others. For the others the
    number of clusters is that of the connected parts, and at least a quarter of the units: with
    the same mean size everywhere, layers, pairs and their null compare, while the largest gap
    between eigenvalues mostly separates the connected parts alone.

    Parameters
    ----------
    affinity
        (n, n), symmetric, not negative, with zeros on the diagonal.
    """
    joined = np.flatnonzero(affinity.any(axis=1))
    alone = np.flatnonzero(~affinity.any(axis=1))
    tree, labels = np.zeros((0, 4)), np.zeros(0, dtype=np.int64)
    if len(joined):
        neighbours = affinity[np.ix_(joined, joined)]
        count = max(connected_components(neighbours)[0], round(len(joined) / CLUSTER_SIZE))
        tree = linkage(spectral_embedding(neighbours, count), method="average")
        labels = fcluster(tree, count, criterion="maxclust")
    tree = _whole_tree(tree, joined, alone)
    order = leaves_list(tree) if len(tree) else np.arange(len(affinity))
    every = np.empty(len(affinity), dtype=np.int64)
    every[joined], every[alone] = labels, labels.max(initial=0) + 1 + np.arange(len(alone))
    return UnitTree(tree, _numbered(every, order), np.argsort(order))


def spectral_embedding(affinity: Floats, count: int) -> Floats:
    """Rows of unit norm (n, count) from the eigenvectors of the least eigenvalues.

    Of the normalised Laplacian ``I - D^-1/2 A D^-1/2``, D the sums of the rows of A.
    """
    scale = 1 / np.sqrt(affinity.sum(axis=1))
    size = len(affinity)
    _, vectors = eigh(scale[:, None] * affinity * scale, subset_by_index=[size - count, size - 1])
    rows: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return rows


def _whole_tree(tree: Floats, joined: Integers, alone: Integers) -> Floats:
    """Tree (n - 1, 4) of all units from that of the m with neighbours (m - 1, 4).

    The others join one by one, at the distance of rows at right angles or at the tree's height.
    """
    size = len(joined) + len(alone)
    # As if those with neighbours stood first: then row r merges what row r - 1 made and leaf r + 1.
    rows = np.arange(len(tree), size - 1)
    height = np.full(len(rows), max(np.sqrt(2), tree[:, 2].max(initial=0)))
    added = np.column_stack([np.where(rows > 0, size + rows - 1, 0), rows + 1, height, rows + 2])
    tree[:, :2] += len(alone) * (tree[:, :2] >= len(joined))
    whole = np.vstack([tree, added])
    names = np.concatenate([joined, alone, size + np.arange(size - 1)])
    whole[:, :2] = names[whole[:, :2].astype(np.int64)]
    return whole


def _numbered(labels: Integers, order: Integers) -> Integers:
    """Labels (n,) from 0 in the order in which units have them."""
    _, first, inverse = np.unique(labels[order], return_index=True, return_inverse=True)
    numbered = np.empty_like(labels)
    numbered[order] = np.argsort(np.argsort(first))[inverse]
    return numbered
