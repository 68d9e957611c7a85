"""Is there a block by other measures than linear CKA? (claim A14, App. J; section 10.1 i)."""

from typing import Literal

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import RecordKey, Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import Network, UnavailableError
from repatlas.claims.reading import Array
from repatlas.claims.regions import off_diagonal
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import Region, contrast, mean, rows_in
from repatlas.errors import InputError
from repatlas.similarity.measures import MEASURES, Measures, Outliers

Measure = Literal[
    "cka_linear",
    "cka_cosine",
    "cka_rbf_0.5",
    "cka_rbf_1.0",
    "procrustes",
    "mutual_neighbours",
    "rsa_spearman",
    "soft_matching",
]
Control = Literal["measures", "measures_random_10"]


@statistic
def measure_contrast(
    evidence: Evidence, *, role: Role, minus: Role, measure: Measure
) -> Measurement:
    """Mean similarity by another measure in the block, less that of all layers of another network.

    Beyond "On the Origins of the Block Structure Phenomenon": over pairs of block outputs.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell with a block; its networks without one are left out.
    minus
        The cell whose similarity, over all pairs of block outputs, is subtracted.
    measure
        A measure of `repatlas.similarity.measures`.
    """
    return contrast(
        evidence,
        role,
        minus,
        lambda network: _similarity(network, "measures", measure, "block"),
        lambda network: _similarity(network, "measures", measure, "all"),
    )


@statistic
def measure_lost_without_dominant(
    evidence: Evidence, *, role: Role, measure: Measure, control: Control = "measures"
) -> Measurement:
    """Fall of the mean similarity in the block, by another measure, without dominant images.

    "On the Origins of the Block Structure Phenomenon", App. J: the dominant 10 % of the probe
    images are left out. The block is that of linear CKA on all images.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    measure
        A measure of `repatlas.similarity.measures`.
    control
        From what it falls: from all images, or from all but a random 10 %.
    """

    def value(network: Network) -> float:
        before = _similarity(network, control, measure, "block")
        return before - _similarity(network, "measures_dominant_10", measure, "block")

    return contrast(evidence, role, None, value)


@statistic
def measure_difference(
    evidence: Evidence, *, role: Role, measure: Measure, other: Measure
) -> Measurement:
    """Mean similarity in the block by one measure, less that by another.

    "On the Origins of the Block Structure Phenomenon", App. J.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    measure, other
        Measures of `repatlas.similarity.measures`.
    """

    def value(network: Network) -> float:
        one, two = (_similarity(network, "measures", name, "block") for name in (measure, other))
        return one - two

    return contrast(evidence, role, None, value)


@statistic
def outlier_limit_error(evidence: Evidence, *, role: Role) -> Measurement:
    """Distance of CKA from the outlier theorem's limit, at the largest translation.

    Davari et al. 2023, Theorem 1: a part of the examples is translated. The value of a network is
    the largest distance over the parts.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    """

    def value(network: Network) -> float:
        record = network.record(Outliers, "outliers")
        far = record.cka[:, np.argmax(record.distances)]
        return float(np.max(abs(far - record.limit)))

    return contrast(evidence, role, None, value)


@statistic
def outlier_cka(evidence: Evidence, *, role: Role) -> Measurement:
    """CKA of a layer with itself after one example was translated as far as was tried.

    Davari et al. 2023, Corollary 3. Of the parts that were translated, that of fewest examples.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    """

    def value(network: Network) -> float:
        record = network.record(Outliers, "outliers")
        return float(record.cka[np.argmin(record.moved), np.argmax(record.distances)])

    return contrast(evidence, role, None, value)


def _similarity(network: Network, key: RecordKey, measure: Measure, region: Region) -> float:
    rows = rows_in(network, region)
    record = network.record(Measures, key)
    if not np.array_equal(record.outputs, network.rows):
        raise InputError(
            f"{network.files.records[key]} is about other layers of {network.label}: measure them "
            "again"
        )
    if measure not in record.names:
        raise UnavailableError(f"this study has no {MEASURES[measure]} of {network.cell}")
    values: Array = np.asarray(record.of(measure), dtype=np.float64)
    return mean(off_diagonal(values[rows, rows]))
