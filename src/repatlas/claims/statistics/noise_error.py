"""Whether well aligned learners err little (Umar and Laio 2026, claim 5)."""

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.noise import Source, flat, mean_of_others, measured
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.ensembles.settings import AlignmentMeasure

APART = 0.05
"""Alignments, and test errors, that are less apart count as equal."""


@statistic
def error_apart_at_alignment(
    evidence: Evidence,
    *,
    source: Source,
    measure: AlignmentMeasure = "above_chance",
    above: float = 0.9,
) -> Measurement:
    """Difference of the test errors of two settings that are both well aligned.

    "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment", claim 5. The settings
    are those of largest and least error in the other repetitions, among those well aligned there.

    Parameters
    ----------
    evidence
        Results of the study.
    source, measure
        Whose alignment, and which.
    above
        Mean alignment of a setting that is well aligned.
    """
    found = evidence.noise.settings(source, measure)
    alignment, error = flat(found.alignment), flat(found.error)
    rows = zip(error, mean_of_others(alignment), mean_of_others(error), strict=True)
    apart = [_apart(own, known, wrong, above) for own, known, wrong in rows]
    silent = f"fewer than two settings with alignment above {above:g}"
    return measured(source, np.array(apart), silent, null=0.0)


@statistic
def discordant_settings(
    evidence: Evidence, *, source: Source, measure: AlignmentMeasure = "above_chance"
) -> Measurement:
    """Share of pairs of settings of which the better aligned one has the larger test error.

    "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment", claim 5. Of pairs
    that differ by more than 0.05 in both; errors are in units of the variance of the labels.

    Parameters
    ----------
    evidence
        Results of the study.
    source, measure
        Whose alignment, and which.
    """
    found = evidence.noise.settings(source, measure)
    tables = flat(found.alignment), flat(found.error)
    shares = [_discordant(*both) for both in zip(*tables, strict=True)]
    return measured(source, np.array(shares), "no two settings differ in both", null=0.0)


def _apart(own: Array, alignment: Array, error: Array, above: float) -> float:
    """Difference of errors of the settings that others choose; NaN where there are no two."""
    aligned = np.flatnonzero(alignment > above)
    if len(aligned) < 2:
        return float("nan")
    most, least = aligned[error[aligned].argmax()], aligned[error[aligned].argmin()]
    return float(own[most] - own[least])


def _discordant(alignment: Array, error: Array) -> float:
    """Share of discordant pairs of settings; NaN where no pair differs in both."""
    first, second = np.triu_indices(len(error), k=1)
    aligned, wrong = alignment[first] - alignment[second], error[first] - error[second]
    apart = (abs(aligned) > APART) & (abs(wrong) > APART)
    if not apart.any():
        return float("nan")
    return float((np.sign(aligned) == np.sign(wrong))[apart].mean())
