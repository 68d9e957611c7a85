"""Accuracy without the first component at inference (section 10.1 g of the paper sheet)."""

import math
from typing import Literal

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import Network
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import SilentError, block_of, contrast
from repatlas.experiments.results import Ablation

Against = Literal["second", "random"]
COLUMNS: dict[Against, int] = {"second": 1, "random": 2}


@statistic
def ablation_cost(evidence: Evidence, *, role: Role, against: Against) -> Measurement:
    """Accuracy lost without the first component of one layer of the block, less a control's loss.

    Beyond "On the Origins of the Block Structure Phenomenon". The direction is projected out of one
    block output at a time; the value of a network is the mean over its block.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    against
        The control: the ``second`` component, or a ``random`` direction.
    """

    def value(network: Network) -> float:
        record = network.record(Ablation, "ablation")
        inside = np.isin(record.layers, network.rows[block_of(network)])
        accuracy = record.accuracy[inside]
        return float((accuracy[:, COLUMNS[against]] - accuracy[:, 0]).mean())

    return contrast(evidence, role, None, value)


@statistic
def whole_block_ablation_cost(evidence: Evidence, *, role: Role) -> Measurement:
    """Accuracy lost without the first components of all layers of the block at once.

    Beyond "On the Origins of the Block Structure Phenomenon". Here the block is found by shares of
    variance as well as by CKA.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    """

    def value(network: Network) -> float:
        block_of(network)
        record = network.record(Ablation, "ablation")
        if math.isnan(record.block_accuracy):
            raise SilentError("no block by shares of variance and CKA")
        return record.whole_accuracy - record.block_accuracy

    return contrast(evidence, role, None, value)
