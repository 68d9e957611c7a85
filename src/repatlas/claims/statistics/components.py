"""What the first component does inside the block (claim A2, Fig 2a and C.1)."""

from typing import Literal

import numpy as np

from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import CKA, COSINE, WITHOUT_COMPONENT, Evidence, Network
from repatlas.claims.reading import Array
from repatlas.claims.regions import off_diagonal
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import (
    PerNetwork,
    mean,
    per_network,
    per_network_with_block,
    without_block,
)

Region = Literal["block", "all"]


@statistic
def block_share(evidence: Evidence, *, role: Role) -> Measurement:
    """Median share of variance of the first component over the block outputs of the block.

    "On the Origins of the Block Structure Phenomenon", Fig 2a. The block is found by CKA alone.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    """
    return _measure(
        evidence, role, "block", lambda network: float(np.median(network.share[network.block]))
    )


@statistic
def cosine_disagreement(evidence: Evidence, *, role: Role, region: Region) -> Measurement:
    """Mean distance between CKA and the squared cosine of first components, over pairs of layers.

    "On the Origins of the Block Structure Phenomenon", Fig C.1, first and third row, and
    equation 2: the two maps become one as the first component takes all the variance.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    region
        Pairs of block outputs inside the block (networks without one are left out), or all.
    """
    return _measure(
        evidence,
        role,
        region,
        lambda network: mean(abs(_pairs(network, CKA, region) - _pairs(network, COSINE, region))),
    )


@statistic
def removal_loss(evidence: Evidence, *, role: Role) -> Measurement:
    """Mean CKA between the layers of the block, less the same without their first components.

    "On the Origins of the Block Structure Phenomenon", Fig C.1, last row.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    """
    return _measure(
        evidence,
        role,
        "block",
        lambda network: mean(
            _pairs(network, CKA, "block") - _pairs(network, WITHOUT_COMPONENT, "block")
        ),
    )


@statistic
def removal_change(evidence: Evidence, *, role: Role) -> Measurement:
    """Mean absolute change of CKA between all block outputs when first components are removed.

    "On the Origins of the Block Structure Phenomenon", Fig C.1, last row, networks without block.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    """
    return _measure(
        evidence,
        role,
        "all",
        lambda network: mean(
            abs(_pairs(network, CKA, "all") - _pairs(network, WITHOUT_COMPONENT, "all"))
        ),
    )


def _measure(evidence: Evidence, role: Role, region: Region, value: PerNetwork) -> Measurement:
    cell = evidence.cell(role)
    if region == "all":
        return Measurement(per_network(cell, value))
    return Measurement(per_network_with_block(cell, value), left_out=without_block(cell))


def _pairs(network: Network, measure: str, region: Region) -> Array:
    layers = network.block if region == "block" else slice(None)
    return off_diagonal(network.maps[measure][layers, layers])
