"""Do units of two seeds span the same small subspaces? ("Convergent Learning", supplement S.3)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.registry import statistic
from repatlas.claims.unit_tables import Bools, PairTable, measured, pair_table
from repatlas.claims.units import Units
from repatlas.records import Subject
from repatlas.units.results import Clusters, Matching

SEVERAL = 2
"""Units of either network from which a cluster can have more than one basis."""

NO_MIXED = "no cluster with units of both networks in some layer"
NO_SUBSPACE = "no cluster with several units of both networks"


@statistic
def mixed_clusters(evidence: Evidence) -> Measurement:
    """Share of clusters with units of both networks, less that where the other saw other images.

    "Convergent Learning", Fig S9 and S10: over layers and pairs of seeds; a unit that is joined to
    no other is a cluster, too.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    units = evidence.units
    record = units.record(Clusters, "clusters")
    above = pair_table(units, record, _mixed(record) - record.null_mixed)
    return measured(above, above.of("all"), null=0.0)


@statistic
def cluster_imbalance(evidence: Evidence) -> Measurement:
    """Mean of |n1 - n2| / (n1 + n2) over clusters with n1 units of one network, n2 of the other.

    "Convergent Learning", Fig S10: clusters hold units of both in similar numbers. Over clusters
    that have both, layers and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    units = evidence.units
    record = units.record(Clusters, "clusters")
    table = pair_table(units, record, record.purity, _mixed(record))
    return measured(table, table.of("all"), undefined=NO_MIXED)


@statistic
def subspace_overlap(evidence: Evidence) -> Measurement:
    """Overlap of the subspaces that either network's units span in a cluster, less its null.

    "Convergent Learning", supplement S.3; the number is ours: mean cosine of principal angles on
    images held out, over mixed clusters, layers and pairs of seeds. The null is that of clusters
    found where the other network saw other images; 0 where none of them is mixed.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    units = evidence.units
    record = units.record(Clusters, "clusters")
    above = record.overlap - np.nan_to_num(record.null_overlap)
    table = pair_table(units, record, above, _mixed(record))
    return measured(table, table.of("all"), undefined=NO_MIXED, null=0.0)


@statistic
def subspace_over_units(evidence: Evidence) -> Measurement:
    """Overlap of subspaces in clusters, less the correlation of their units with the best match.

    "Convergent Learning": the same subspace, and another basis of it. Both on images held out, over
    clusters with two units or more of either network, the layers that have some, and pairs of
    seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    units = evidence.units
    clusters = units.record(Clusters, "clusters")
    several = np.minimum(clusters.first_units, clusters.second_units) >= SEVERAL
    subspaces = pair_table(units, clusters, clusters.overlap, several)
    above = subspaces.minus(_matches_in(units, clusters, several))
    known = np.isfinite(above.values).sum(axis=1)
    with np.errstate(invalid="ignore"):
        mean = np.nansum(above.values, axis=1) / known
    return measured(above, mean, undefined=NO_SUBSPACE, null=0.0)


def _mixed(record: Clusters) -> Bools:
    mixed: Bools = (record.first_units > 0) & (record.second_units > 0)
    return mixed


@dataclass(frozen=True, eq=False)
class _ClusteredUnits:
    """The table of units of a record of clusters, as rows of layers and pairs."""

    subjects: tuple[Subject, ...]
    layer: NDArray[np.str_]
    first: NDArray[np.int64]
    second: NDArray[np.int64]


def _matches_in(units: Units, record: Clusters, chosen: Bools) -> PairTable:
    """Mean correlation with the best match, of the units of some clusters.

    On the odd images, on which overlaps are taken, too.
    """
    rows = _ClusteredUnits(
        record.subjects, record.unit_layer, record.unit_first, record.unit_second
    )
    columns = record.layer, record.first, record.second, record.cluster
    wanted = set(_keys(*(column[chosen] for column in columns)))
    inside = _keys(rows.layer, rows.first, rows.second, record.unit_cluster)
    of_first = record.unit_network == 0
    own, other = (
        np.where(of_first, rows.first, rows.second),
        np.where(of_first, rows.second, rows.first),
    )
    known = _best_matches(units.record(Matching, "matching"))
    values = [known[key] for key in _keys(rows.layer, own, other, record.unit)]
    return pair_table(
        units, rows, np.array(values), np.array([key in wanted for key in inside], dtype=np.bool_)
    )


def _best_matches(record: Matching) -> dict[tuple[Any, ...], float]:
    """Held-out correlation of each unit with its best match on the even images.

    By layer, network, other network and unit.
    """
    chosen = (record.criterion == "correlation") & (record.fold == "first")
    columns = record.layer, record.first, record.second, record.unit
    keys = _keys(*(column[chosen] for column in columns))
    return dict(zip(keys, record.greedy_heldout[chosen].tolist(), strict=True))


def _keys(*columns: NDArray[Any]) -> list[tuple[Any, ...]]:
    return list(zip(*(column.tolist() for column in columns), strict=True))
