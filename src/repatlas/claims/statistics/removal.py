"""Is there a block on other probe images: without some, or of another kind? (A5, A13)."""

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import ProbeKey, Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import CKA, Network
from repatlas.claims.regions import off_diagonal
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import Extent, block_of, contrast, extent, mean


@statistic
def extent_on_probe(evidence: Evidence, *, role: Role, probe: ProbeKey, of: Extent) -> Measurement:
    """Fraction of block outputs that are block on a further probe set.

    "On the Origins of the Block Structure Phenomenon", Fig 4 and B.1.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block on the usual probe set are left out.
    probe
        The further probe set.
    of
        ``coverage`` as in `block_coverage`, or ``dominated`` as in `dominated_fraction`.
    """

    def value(network: Network) -> float:
        block_of(network)
        return extent(network.on(probe), of)

    return contrast(evidence, role, None, value)


@statistic
def extent_lost_on_probe(
    evidence: Evidence,
    *,
    role: Role,
    probe: ProbeKey,
    of: Extent,
    control: ProbeKey | None = None,
) -> Measurement:
    """Fraction of block outputs that are block on all images, or a control's, and not on a probe's.

    "On the Origins of the Block Structure Phenomenon", Fig 4, with controls that it does not have.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block on the usual probe set are left out.
    probe
        The probe set whose fraction is subtracted.
    of
        ``coverage`` as in `block_coverage`, or ``dominated`` as in `dominated_fraction`.
    control
        The probe set from which it is subtracted, network by network; the usual one if None.
    """

    def value(network: Network) -> float:
        block_of(network)
        before = network if control is None else network.on(control)
        return extent(before, of) - extent(network.on(probe), of)

    return contrast(evidence, role, None, value)


@statistic
def map_change(evidence: Evidence, *, role: Role, probe: ProbeKey) -> Measurement:
    """Mean absolute difference of CKA between all block outputs, on a further probe set.

    "On the Origins of the Block Structure Phenomenon", Fig B.1, panels of a row.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block on the usual probe set are left out.
    probe
        The further probe set.
    """

    def value(network: Network) -> float:
        block_of(network)
        return mean(off_diagonal(abs(network.on(probe).maps[CKA] - network.maps[CKA])))

    return contrast(evidence, role, None, value)
