"""Does a network have a block, and do others have less of one? (claims A1, A8, A10, A12)."""

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import DOMINATES, contrast, extent


@statistic
def dominated_fraction(
    evidence: Evidence, *, role: Role, minus: Role | None = None, share: float = DOMINATES
) -> Measurement:
    """Fraction of block outputs whose first component has most of the variance.

    "On the Origins of the Block Structure Phenomenon", Fig 1 with Fig 2a: where a block shows in
    the heat map, the first component explains most of the variance.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    minus
        A cell whose fraction is subtracted.
    share
        Share of variance above which a component dominates.
    """
    return contrast(evidence, role, minus, lambda network: extent(network, "dominated", share))


@statistic
def block_coverage(evidence: Evidence, *, role: Role, minus: Role | None = None) -> Measurement:
    """Fraction of block outputs in the largest contiguous set with very high mutual CKA.

    "On the Origins of the Block Structure Phenomenon", Fig 1: the large bright square.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    minus
        A cell whose fraction is subtracted.
    """
    return contrast(evidence, role, minus, lambda network: extent(network, "coverage"))
