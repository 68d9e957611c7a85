"""What the figure of clusters shows of two networks: units in the order of their tree."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.figures.units.group import Pair
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import Clusters

LEAST, MOST = 2, 3
"""Units of either network in clusters that are shown before others: more than a single match, and
not more than are drawn."""


@dataclass(frozen=True)
class Block:
    """A cluster with units of both networks.

    Attributes
    ----------
    start, stop
        Its places among the leaves of the tree.
    between
        Mean correlation of its units of one network with those of the other.
    """

    start: int
    stop: int
    between: float


@dataclass(frozen=True, eq=False)
class ClusteredUnits:
    """The u live units of two networks in one layer, in the order of the leaves of their tree.

    Attributes
    ----------
    side
        (u,) 0 or 1 for units of the first or the second network.
    unit
        (u,) their numbers.
    cluster
        (u,) their clusters.
    correlation
        (u, u) over all images.
    tree
        (u - 1, 4) rows of scipy's linkage.
    """

    side: NDArray[np.int64]
    unit: NDArray[np.int64]
    cluster: NDArray[np.int64]
    correlation: NDArray[np.float64]
    tree: NDArray[np.float64]

    @property
    def mixed(self) -> list[Block]:
        """Clusters with units of both networks, by their places."""
        found = []
        for cluster in dict.fromkeys(self.cluster.tolist()):
            places = np.flatnonzero(self.cluster == cluster)
            first, second = (places[self.side[places] == side] for side in (0, 1))
            if len(first) and len(second):
                between = float(self.correlation[np.ix_(first, second)].mean())
                found.append(Block(int(places[0]), int(places[-1]) + 1, between))
        return found

    def closest(self, count: int) -> list[Block]:
        """Mixed clusters by correlation between networks, those of a few units before others."""

        def rank(block: Block) -> tuple[bool, float]:
            sides = np.bincount(self.side[block.start : block.stop])
            return bool(sides.min() < LEAST or sides.max() > MOST), -block.between

        return sorted(self.mixed, key=rank)[:count]


def clustered_units(
    gathered: GatheredUnits, record: Clusters, layer: int, pair: Pair
) -> ClusteredUnits:
    """Put the units of a pair of networks in one layer in the order of their tree.

    Parameters
    ----------
    layer
        Its place among the gathered layers.
    pair
        The networks of which the record keeps a tree: the first two.
    """
    title, moments = gathered.layers[layer].title, gathered.moments(layer)
    rows = np.flatnonzero(
        (record.unit_layer == title)
        & (record.unit_first == pair.first)
        & (record.unit_second == pair.second)
    )
    own = rows[np.argsort(record.unit_place[rows], kind="stable")]
    side, unit = record.unit_network[own], record.unit[own]
    places = (pair.first, pair.second)
    whole = np.block([[moments.correlation(one, other) for other in places] for one in places])
    at = unit + side * moments.units[pair.first]
    return ClusteredUnits(
        side=side,
        unit=unit,
        cluster=record.unit_cluster[own],
        correlation=whole[np.ix_(at, at)],
        tree=record.tree[record.tree_layer == title],
    )
