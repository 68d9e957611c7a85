"""What layers inside the block add: linear probes and deleted residual blocks (claim B4)."""

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import Network
from repatlas.claims.reading import Array, Rows
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import SilentError, block_of, contrast
from repatlas.experiments.results import Deletion, LinearProbes


@statistic
def probe_gain(evidence: Evidence, *, role: Role) -> Measurement:
    """Accuracy that a linear probe gains from block output to block output, in the block less out.

    "Do Wide and Deep Networks Learn the Same Things?", Fig 4, layers after the addition: the
    accuracy is flat inside the block. A step counts as inside if it leads from a block output of
    the block to another one.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block, or with nothing else, are left out.
    """

    def value(network: Network) -> float:
        record = network.record(LinearProbes, "linear_probes")
        places, accuracy = _at_outputs(network, record)
        gains = np.diff(accuracy) / np.diff(places)
        inside = _inside(network, places)
        return _difference(gains, inside[1:] & inside[:-1])

    return contrast(evidence, role, None, value)


@statistic
def probe_drop(evidence: Evidence, *, role: Role) -> Measurement:
    """Accuracy of linear probes inside residual blocks less that after them, within the block.

    "Do Wide and Deep Networks Learn the Same Things?", Fig 4: before the addition, accuracy drops
    in the block.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    """

    def value(network: Network) -> float:
        layers = network.rows[block_of(network)]
        record = network.record(LinearProbes, "linear_probes")
        inside = (record.layers >= layers[0]) & (record.layers <= layers[-1])
        before = record.test[inside & ~record.after_addition]
        after = record.test[inside & record.after_addition]
        if not (before.size and after.size):
            raise SilentError("no linear probes on both kinds of layers of the block")
        return float(before.mean() - after.mean())

    return contrast(evidence, role, None, value)


@statistic
def deletion_cost(evidence: Evidence, *, role: Role) -> Measurement:
    """Accuracy that the deletion of one more residual block costs, inside the block less outside.

    "Do Wide and Deep Networks Learn the Same Things?", Fig 5: residual blocks are deleted from the
    end of a stage; what is deleted is inside if its output is one of the block.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block, or with nothing else, are left out.
    """

    def value(network: Network) -> float:
        block_of(network)
        record = network.record(Deletion, "deletion")
        costs: list[float] = []
        ends: list[int] = []
        for stage in np.unique(record.stages):
            rows = np.flatnonzero(record.stages == stage)
            rows = rows[np.argsort(record.deleted[rows])]
            costs += (-np.diff(record.accuracy[rows]) / np.diff(record.deleted[rows])).tolist()
            # What ends the stage before a deletion is what that deletion takes away.
            ends += record.layers[rows[:-1]].tolist()
        places = np.searchsorted(network.rows, ends)
        return _difference(np.array(costs), _inside(network, places))

    return contrast(evidence, role, None, value)


def _at_outputs(network: Network, record: LinearProbes) -> tuple[Rows, Array]:
    """Places among the block outputs of those that were probed, ascending, and their accuracies."""
    chosen = np.flatnonzero(np.isin(record.layers, network.rows))
    chosen = chosen[np.argsort(record.layers[chosen])]
    accuracy: Array = np.asarray(record.test[chosen], dtype=np.float64)
    return np.searchsorted(network.rows, record.layers[chosen]), accuracy


def _inside(network: Network, places: Rows) -> NDArray[np.bool_]:
    block = block_of(network)
    inside: NDArray[np.bool_] = (places >= block.start) & (places < block.stop)
    return inside


def _difference(values: Array, inside: NDArray[np.bool_]) -> float:
    if inside.all() or not inside.any():
        where = "in" if inside.all() else "outside of"
        raise SilentError(f"all layers that were changed or probed are {where} the block")
    return float(values[inside].mean() - values[~inside].mean())
