"""What the first component does inside the block (claim A2, Fig 2a and C.1)."""

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import CKA, COSINE, WITHOUT_COMPONENT, Network
from repatlas.claims.reading import Array
from repatlas.claims.regions import off_diagonal
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import Region, block_of, contrast, mean, rows_in


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
    return contrast(
        evidence, role, None, lambda network: float(np.median(network.share[block_of(network)]))
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
    return contrast(
        evidence,
        role,
        None,
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
    return contrast(
        evidence,
        role,
        None,
        lambda network: mean(
            _pairs(network, CKA, "block") - _pairs(network, WITHOUT_COMPONENT, "block")
        ),
    )


@statistic
def removal_change(evidence: Evidence, *, role: Role, minus: Role | None = None) -> Measurement:
    """Mean absolute change of CKA between all block outputs when first components are removed.

    "On the Origins of the Block Structure Phenomenon", Fig C.1, last row, networks without block;
    "Do Wide and Deep Networks Learn the Same Things?", Fig D.6, the ends of a grid.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    minus
        A cell whose change is subtracted.
    """
    return contrast(
        evidence,
        role,
        minus,
        lambda network: mean(
            abs(_pairs(network, CKA, "all") - _pairs(network, WITHOUT_COMPONENT, "all"))
        ),
    )


def _pairs(network: Network, measure: str, region: Region) -> Array:
    rows = rows_in(network, region)
    return off_diagonal(network.maps[measure][rows, rows])
