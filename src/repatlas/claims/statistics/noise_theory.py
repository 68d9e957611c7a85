"""Whether a closed form tells how noise and sample size govern alignment (claim 2)."""

from typing import Literal

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.noise import Source, flat, measured, rank_correlation, require_both_sides
from repatlas.claims.registry import statistic
from repatlas.ensembles.settings import AlignmentMeasure


@statistic
def theory_distance(
    evidence: Evidence, *, source: Source, of: Literal["cosine", "error"]
) -> Measurement:
    """Mean distance from the closed form of linear networks, away from the threshold.

    "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment", claim 2; the closed
    form is that of `repatlas.theory.noise_alignment`, not the paper's.

    Parameters
    ----------
    evidence
        Results of the study.
    source
        Whose alignment.
    of
        ``cosine`` of what two learners compute, or test ``error``, whose distance is that of the
        natural logarithms.
    """
    found = evidence.noise.settings(source, "cosine")
    if of == "cosine":
        distances = abs(found.alignment - found.expected_cosine)
    else:
        with np.errstate(divide="ignore"):
            distances = abs(np.log(found.error) - np.log(found.expected_error))
    require_both_sides(found, source)
    return measured(source, distances[:, ~found.near].mean(axis=(1, 2)))


@statistic
def theory_rank_agreement(
    evidence: Evidence, *, source: Source, measure: AlignmentMeasure = "above_chance"
) -> Measurement:
    """Rank correlation, over settings, of alignment with the closed form of linear networks.

    "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment", claim 2: nonlinear
    networks behave alike. Samples are taken in units of the interpolation threshold.

    Parameters
    ----------
    evidence
        Results of the study.
    source, measure
        Whose alignment, and which.
    """
    found = evidence.noise.settings(source, measure)
    expected = np.broadcast_to(found.expected_cosine, found.alignment.shape)
    ranked = rank_correlation(flat(found.alignment), flat(expected))
    return measured(source, ranked, "alignment does not vary", null=0.0)
