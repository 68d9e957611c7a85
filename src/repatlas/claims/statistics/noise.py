"""How noise and sample size govern alignment (Umar and Laio 2026, claims 1, 3 and 4).

The value of a repetition, which has its own teacher, inputs, noise and initial weights, is taken
over all its settings: samples and signal-to-noise ratios.
"""

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.noise import (
    Source,
    flat,
    mean_of_others,
    measured,
    rank_correlation,
    require_both_sides,
)
from repatlas.claims.registry import statistic
from repatlas.ensembles.settings import AlignmentMeasure


@statistic
def setting_explains_alignment(
    evidence: Evidence, *, source: Source, measure: AlignmentMeasure = "above_chance"
) -> Measurement:
    """Part of the variance of alignment over settings that other draws of the task predict.

    "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment", claim 1. R2 of the
    alignments of a repetition with the means of the others as predictions.

    Parameters
    ----------
    evidence
        Results of the study.
    source, measure
        Whose alignment, and which.
    """
    found = evidence.noise.settings(source, measure)
    values = flat(found.alignment)
    left = np.square(values - mean_of_others(values)).sum(axis=1)
    whole = np.square(values - values.mean(axis=1, keepdims=True)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        explained = 1 - left / whole
    return measured(source, explained, "alignment does not vary", null=0.0)


@statistic
def alignment_at_best(
    evidence: Evidence, *, source: Source, measure: AlignmentMeasure = "above_chance"
) -> Measurement:
    """Alignment with the least noise and the most samples.

    "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment", claim 1.

    Parameters
    ----------
    evidence
        Results of the study.
    source, measure
        Whose alignment, and which.
    """
    found = evidence.noise.settings(source, measure)
    return measured(source, found.alignment[:, -1, -1], null=0.0)


@statistic
def snr_monotonicity(
    evidence: Evidence, *, source: Source, measure: AlignmentMeasure = "above_chance"
) -> Measurement:
    """Rank correlation of alignment with the signal-to-noise ratio, mean over sample sizes.

    "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment", claim 3. As many
    samples as the threshold has are left out of exact solutions, which have no alignment there.

    Parameters
    ----------
    evidence
        Results of the study.
    source, measure
        Whose alignment, and which.
    """
    found = evidence.noise.settings(source, measure)
    exact = source in ("shared_inputs", "own_inputs")
    rows = ~np.isclose(found.ratios, 1.0) if exact else np.ones(len(found.ratios), dtype=bool)
    ranked = np.ma.masked_invalid(rank_correlation(found.alignment[:, rows], found.snrs))
    mean = ranked.mean(axis=1).filled(np.nan)
    return measured(source, mean, "alignment does not vary", null=0.0)


@statistic
def threshold_dip(
    evidence: Evidence, *, source: Source, measure: AlignmentMeasure = "above_chance"
) -> Measurement:
    """Alignment at the fewest or the most samples, the lesser, minus that near the threshold.

    "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment", claim 4: above 0 if
    alignment falls and rises again. Mean over noise levels; near is within a factor of 4/3.

    Parameters
    ----------
    evidence
        Results of the study.
    source, measure
        Whose alignment, and which.
    """
    found = evidence.noise.settings(source, measure)
    require_both_sides(found, source)
    ends = found.alignment[:, [0, -1]].min(axis=1)
    dips = ends - found.alignment[:, found.near].mean(axis=1)
    return measured(source, dips.mean(axis=1), null=0.0)


@statistic
def dip_distance(
    evidence: Evidence, *, source: Source, measure: AlignmentMeasure = "above_chance"
) -> Measurement:
    """Distance between the sample size of least alignment and the threshold, in octaves.

    "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment", claim 4. Alignment is
    the mean over noise levels; 1 is a factor of two.

    Parameters
    ----------
    evidence
        Results of the study.
    source, measure
        Whose alignment, and which.
    """
    found = evidence.noise.settings(source, measure)
    least = found.alignment.mean(axis=2).argmin(axis=1)
    return measured(source, abs(np.log2(found.ratios[least])))
