"""Permutation null: chosen images against images drawn at random."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist


@dataclass(frozen=True)
class SpreadTest:
    """Spread of chosen images against the spread of random ones.

    Attributes
    ----------
    ratios
        (sets,) mean pairwise distance within each chosen set, over that of random sets.
    p_values
        (sets,) one-sided p-value of each set.
    p
        One-sided p-value of the mean ratio over all sets.
    """

    ratios: NDArray[np.float64]
    p_values: NDArray[np.float64]
    p: float


def spread_test(
    features: NDArray[np.floating],
    chosen: Sequence[NDArray[np.integer]],
    permutations: int,
    generator: np.random.Generator,
    groups: NDArray[np.integer] | None = None,
) -> SpreadTest:
    """Test whether each chosen set of images is tighter in feature space than chance has it.

    The null permutes the features among the images, all chosen sets at once: images that two
    sets share stay shared, so that sets from networks that agree do not count as independent
    evidence for the mean.

    Parameters
    ----------
    features
        (n, d), for example one colour an image.
    chosen
        Index arrays into the n images, at least two images in each.
    permutations
        Number of permutations B; the least p-value is 1 / (B + 1).
    generator
        Source of the permutations.
    groups
        (n,) group of each image; images are exchanged only within their group. None: freely.

    Returns
    -------
    SpreadTest
        Ratios and p-values are NaN where random images do not differ at all.
    """
    observed = np.array([_spread(features, rows) for rows in chosen])
    null = np.array(
        [
            [_spread(features, order[rows]) for rows in chosen]
            for order in _orders(len(features), permutations, generator, groups)
        ]
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = observed / null.mean(axis=0)
        null_ratios = null / null.mean(axis=0)
    p_values = _p_values(ratios, null_ratios)
    p = _p_values(ratios.mean(keepdims=True), null_ratios.mean(axis=1, keepdims=True))
    return SpreadTest(ratios, p_values, float(p[0]))


def _p_values(observed: NDArray[np.float64], null: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the null at or below the observed, which counts as one of them (so never 0)."""
    # Rounding must not break ties: a permutation that moves nothing is as small as the observed.
    at_or_below = (null <= observed * (1 + 1e-12)).sum(axis=0)
    return np.where(np.isnan(observed), np.nan, (1 + at_or_below) / (1 + len(null)))


def _spread(features: NDArray[np.floating], rows: NDArray[np.integer]) -> float:
    return float(pdist(features[rows]).mean())


def _orders(
    count: int,
    permutations: int,
    generator: np.random.Generator,
    groups: NDArray[np.integer] | None,
) -> Iterator[NDArray[np.int64]]:
    if groups is None:
        groups = np.zeros(count, dtype=np.int64)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    for _ in range(permutations):
        order = np.empty(count, dtype=np.int64)
        for rows in members:
            order[rows] = generator.permutation(rows)
        yield order


def exchange_test(
    distances: NDArray[np.floating],
    first: int,
    permutations: int,
    generator: np.random.Generator,
) -> float:
    """Test whether two groups of networks are further apart than networks of one group.

    Parameters
    ----------
    distances
        (N, N) between all networks; the first group comes first.
    first
        Size of the first group.
    permutations
        Exchanges of networks between the groups that are drawn; where there are no more than so
        many, each is tried once.
    generator
        Source of the draws.

    Returns
    -------
    float
        One-sided p-value of the mean distance between the groups less that within them; NaN where
        neither group has two networks.
    """
    count = len(distances)
    observed = _apart(distances, np.arange(first))
    if math.isnan(observed):
        return float("nan")
    if math.comb(count, first) <= permutations:
        groups = itertools.combinations(range(count), first)
        null = np.array([_apart(distances, np.array(group)) for group in groups])
        return float((null >= observed - 1e-12).mean())
    null = np.array(
        [_apart(distances, generator.permutation(count)[:first]) for _ in range(permutations)]
    )
    return float((1 + (null >= observed - 1e-12).sum()) / (1 + permutations))


def _apart(distances: NDArray[np.floating], group: NDArray[np.integer]) -> float:
    """Mean distance between a group and the others, less that of pairs within either."""
    inside = np.isin(np.arange(len(distances)), group)
    pairs = np.triu(np.ones_like(distances, dtype=bool), k=1)
    crossing = inside[:, None] != inside
    within = distances[pairs & ~crossing]
    if not within.size:
        return float("nan")
    return float(distances[pairs & crossing].mean() - within.mean())
