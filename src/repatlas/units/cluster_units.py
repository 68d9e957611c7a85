"""Writes the clusters of the units of every two networks of a group, layer by layer."""

import os
import sys
import time
from typing import Any

import numpy as np

from repatlas.errors import InputError
from repatlas.group_records import write_group_record
from repatlas.units.clusters import THRESHOLD, PairClusters, cluster_pair
from repatlas.units.gathered import GatheredUnits
from repatlas.units.live_units import LiveUnits, live_units
from repatlas.units.long_form import stacked
from repatlas.units.moments import Floats
from repatlas.units.pairs import ordered_pairs
from repatlas.units.results import Clusters


def cluster_units(
    units: str | os.PathLike[str],
    output: str | os.PathLike[str],
    threshold: float = THRESHOLD,
) -> None:
    """Write the record of the clusters of all pairs of networks.

    Parameters
    ----------
    units
        File of gathered units.
    output
        The record to write.
    threshold
        Correlation below which two units are not joined, above 0 and below 1.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged, or about a single network; the threshold is
        impossible.
    OSError
        No space, no permission; nothing is left behind.
    """
    started = time.perf_counter()
    with GatheredUnits(units) as gathered:
        record = find_clusters(gathered, threshold)
    write_group_record(record, output)
    seconds = time.perf_counter() - started
    print(f"clusters: {len(record.cluster)}, in {seconds:.1f} s", file=sys.stderr)


def find_clusters(gathered: GatheredUnits, threshold: float = THRESHOLD) -> Clusters:
    """Cluster the units of every two networks in every layer; errors as `cluster_units`.

    The tree kept of a layer is that of the first two networks; its leaves are numbered as their
    units stand in the table of units.
    """
    if not 0 < threshold < 1:
        raise InputError(f"threshold {threshold:g} of correlations: give one between 0 and 1")
    pairs = [pair for pair in ordered_pairs(gathered) if pair[0] < pair[1]]
    parts: dict[str, list[dict[str, Any]]] = {"clusters": [], "units": []}
    trees: dict[str, Floats] = {}
    for number, layer in enumerate(gathered.layers):
        moments = gathered.moments(number)
        live = [live_units(moments, network) for network in range(len(layer.units))]
        for first, second in pairs:
            both = moments, live[first], live[second], threshold
            found, null = cluster_pair(*both), cluster_pair(*both, shuffled=True)
            key = {"layer": layer.title, "first": first, "second": second}
            parts["clusters"].append(key | _cluster_columns(found, null))
            parts["units"].append(
                {f"unit_{name}": value for name, value in key.items()}
                | _unit_columns(live[first], live[second], found)
            )
            trees.setdefault(layer.title, found.tree.linkage)
    return Clusters(
        gathered.networks,
        **stacked(parts["clusters"]),
        **stacked(parts["units"]),
        tree_layer=np.repeat(list(trees), [len(tree) for tree in trees.values()]),
        tree=np.concatenate(list(trees.values())),
        threshold=threshold,
    )


def _cluster_columns(found: PairClusters, null: PairClusters) -> dict[str, Any]:
    """A row for each cluster of two networks in a layer."""
    own, other = found.counts.T
    return {
        "cluster": np.arange(len(found.counts)),
        "first_units": own,
        "second_units": other,
        "purity": np.abs(own - other) / (own + other),
        "overlap": found.overlaps,
        "null_mixed": null.mixed,
        "null_overlap": null.overlap,
    }


def _unit_columns(first: LiveUnits, second: LiveUnits, found: PairClusters) -> dict[str, Any]:
    """A row for each unit of two networks in a layer."""
    return {
        "unit_network": np.repeat([0, 1], [len(first.units), len(second.units)]),
        "unit": np.concatenate([first.units, second.units]),
        "unit_cluster": found.tree.clusters,
        "unit_place": found.tree.places,
    }
