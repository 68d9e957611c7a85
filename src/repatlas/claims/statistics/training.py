"""How the block forms in training (claim A9, Fig 8 and F.1 to F.7).

Checkpoints are looked at with batch normalisation in batch mode, the final one too, so that the
last of them and not the network of other claims is what they are compared with. Whether a network
has a block, and where, is what other claims take it to be.
"""

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import Network, UnavailableError
from repatlas.claims.reading import Array
from repatlas.claims.regions import off_diagonal
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import block_of, contrast, mean
from repatlas.claims.statistics.dominant import FRACTION
from repatlas.experiments.results import Trajectory
from repatlas.similarity.dominant import dominant, overlap


@statistic
def early_map_distance(evidence: Evidence, *, role: Role, moment: float) -> Measurement:
    """Mean absolute difference of CKA within a checkpoint and within the final network.

    "On the Origins of the Block Structure Phenomenon", Fig 8, first row.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    moment
        Fraction of the epochs at which the checkpoint was taken, or the last one before.
    """

    def value(network: Network) -> float:
        block_of(network)
        record = _record(network)
        early = record.cka_within[_early(record, moment, network)]
        corner = np.ix_(network.rows, network.rows)
        return mean(off_diagonal(abs(early[corner] - record.cka_within[-1][corner])))

    return contrast(evidence, role, None, value)


@statistic
def similarity_to_final(evidence: Evidence, *, role: Role, moment: float) -> Measurement:
    """Mean CKA between a layer at a checkpoint and the same in the final network, in the block.

    "On the Origins of the Block Structure Phenomenon", Fig 8, second row.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    moment
        Fraction of the epochs at which the checkpoint was taken, or the last one before.
    """

    def value(network: Network) -> float:
        record = _record(network)
        return float(_to_final(network, record)[_early(record, moment, network)])

    return contrast(evidence, role, None, value)


@statistic
def similarity_to_final_fall(evidence: Evidence, *, role: Role) -> Measurement:
    """Largest fall of the similarity to the final network from a checkpoint to a later one.

    "On the Origins of the Block Structure Phenomenon", Fig F.3 and F.4: training switches back and
    forth. Similarity as in `similarity_to_final`.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    """

    def value(network: Network) -> float:
        similarity = _to_final(network, _record(network))
        return float(np.max(np.maximum.accumulate(similarity) - similarity))

    return contrast(evidence, role, None, value)


@statistic
def first_steps_share(evidence: Evidence, *, role: Role, steps: int = 100) -> Measurement:
    """Largest share of variance of a first component in the first steps, over block outputs.

    "On the Origins of the Block Structure Phenomenon", Fig F.7. The network before the first step
    does not count, nor do the last layers, in which the share is always large.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    steps
        How many steps are the first.
    """

    def value(network: Network) -> float:
        block_of(network)
        record = _record(network)
        chosen = (record.steps > 0) & (record.steps <= steps)
        if not chosen.any():
            raise UnavailableError(
                f"this study has no checkpoint of {network.cell} within {steps} steps"
            )
        return float(np.nanmax(record.share[chosen][:, network.rows]))

    return contrast(evidence, role, None, value)


@statistic
def dominant_overlap_with_final(
    evidence: Evidence, *, role: Role, moment: float, fraction: float = FRACTION
) -> Measurement:
    """Jaccard overlap of the dominant images at a checkpoint and in the final network.

    "On the Origins of the Block Structure Phenomenon", Fig 8, third row, layer by layer of the
    block; the number is ours.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    moment
        Fraction of the epochs at which the checkpoint was taken, or the last one before.
    fraction
        Fraction of the images that are called dominant.
    """

    def value(network: Network) -> float:
        rows, record = block_of(network), _record(network)
        early = record.components[record.compared[_early(record, moment, network)], rows]
        final = record.components[-1, rows]
        known = ~np.isnan(early[:, 0]) & ~np.isnan(final[:, 0])
        shared = overlap(dominant(early[known], fraction), dominant(final[known], fraction))
        return mean(np.diagonal(shared))

    return contrast(evidence, role, None, value)


def _record(network: Network) -> Trajectory:
    return network.record(Trajectory, "trajectory")


def _early(record: Trajectory, moment: float, network: Network) -> int:
    """Place among the compared checkpoints of the last one until a moment of training."""
    epochs = record.epochs[record.compared]
    before = np.flatnonzero((epochs > 0) & (epochs <= moment * epochs[-1]))
    if not before.size:
        raise UnavailableError(
            f"this study has no checkpoint of {network.cell} in the first {moment:.0%} of training"
        )
    return int(before[-1])


def _to_final(network: Network, record: Trajectory) -> Array:
    """(E,) similarity of each compared checkpoint to the final network, inside the block."""
    layers = network.rows[block_of(network)]
    similarity: Array = record.cka_final[:, layers, layers].mean(axis=1, dtype=np.float64)
    return similarity
