"""Does a network have a block, and do smaller ones have less of one? (claim A1, Fig 1)."""

from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import CKA, Evidence, Network
from repatlas.claims.regions import largest_run
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import contrast


@statistic
def dominated_fraction(
    evidence: Evidence, *, role: Role, minus: Role | None = None, share: float = 0.5
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
    return contrast(evidence, role, minus, lambda network: float((network.share > share).mean()))


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
    return contrast(evidence, role, minus, _coverage)


def _coverage(network: Network) -> float:
    cka = network.maps[CKA]
    run = largest_run(cka)
    return 0.0 if run is None else (run.stop - run.start) / len(cka)
