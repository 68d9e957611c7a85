"""Clusters of the units of two networks together ("Convergent Learning", supplement S.3)."""

from dataclasses import dataclass

import numpy as np

from repatlas.units.live_units import FOUND, SCORED, LiveUnits
from repatlas.units.moments import Floats, Part, UnitMoments
from repatlas.units.spectral import Integers, UnitTree, spectral_tree
from repatlas.units.subspaces import subspace_overlap

THRESHOLD = 0.2
"""Correlation below which two units are not joined; the paper's is not known."""


@dataclass(frozen=True, eq=False)
class PairClusters:
    """Clusters of the live units of two networks.

    Attributes
    ----------
    tree
        Over the units of the first network, then those of the second.
    counts
        (c, 2) how many units of either network a cluster has.
    overlaps
        (c,) overlap of the subspaces of its units of either network over the odd images; NaN
        unless it has units of both.
    """

    tree: UnitTree
    counts: Integers
    overlaps: Floats

    @property
    def mixed(self) -> float:
        """Share of clusters, those of one unit among them, with units of both; NaN of none."""
        return float(np.mean(self.counts.all(axis=1))) if len(self.counts) else np.nan

    @property
    def overlap(self) -> float:
        """Mean overlap of the mixed clusters; NaN without any."""
        values = self.overlaps[np.isfinite(self.overlaps)]
        return float(values.mean()) if len(values) else np.nan


def cluster_pair(
    moments: UnitMoments,
    first: LiveUnits,
    second: LiveUnits,
    threshold: float = THRESHOLD,
    shuffled: bool = False,
) -> PairClusters:
    """Find clusters on the even images, and how far their halves overlap on the odd ones.

    Parameters
    ----------
    moments
        Moments of a layer.
    first, second
        p and q live units.
    threshold
        Correlation below which two units are not joined.
    shuffled
        Whether the second network saw other images than the first: the null.
    """
    affinity = combined(moments, first, second, FOUND, shuffled)
    affinity[affinity < threshold] = 0
    np.fill_diagonal(affinity, 0)
    tree = spectral_tree(affinity)
    scored, rows = combined(moments, first, second, SCORED, shuffled), moments.over(SCORED).count
    of_second = np.arange(len(scored)) >= len(first.units)
    members = [
        [np.flatnonzero((tree.clusters == cluster) & side) for side in (~of_second, of_second)]
        for cluster in range(tree.clusters.max(initial=-1) + 1)
    ]
    return PairClusters(
        tree=tree,
        counts=np.array([[*map(len, pair)] for pair in members], dtype=np.int64).reshape(-1, 2),
        overlaps=np.array([subspace_overlap(scored, own, other, rows) for own, other in members]),
    )


def combined(
    moments: UnitMoments, first: LiveUnits, second: LiveUnits, part: Part, shuffled: bool = False
) -> Floats:
    """Correlations (p + q, p + q) of the live units of two networks with each other."""
    between = moments.shuffled_correlation if shuffled else moments.correlation
    cross = between(first.network, second.network, part)[np.ix_(first.units, second.units)]
    own, other = (
        moments.correlation(live.network, live.network, part)[np.ix_(live.units, live.units)]
        for live in (first, second)
    )
    return np.block([[own, cross], [cross.T, other]])
