"""Which layers of two seeds stay aligned on shifted images? (Kapoor et al. 2025)."""

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import UnavailableError
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.units_alignment import Family, scores, scores_of
from repatlas.claims.unit_tables import Layer, measured


@statistic
def alignment_lost_by_shift(
    evidence: Evidence, *, family: Family, layer: Layer, minus: Layer | None = None
) -> Measurement:
    """Fall of the score of maps between seeds on images of the strongest shift, in a layer.

    "Bridging Critical Gaps in Convergent Learning": early layers stay aligned, deep ones diverge.
    Maps are found and scored on shifted images. Over both directions.

    Parameters
    ----------
    evidence
        Results of the study.
    family
        A measure of `repatlas.units.results.ALIGNMENTS`.
    layer
        The layer looked at.
    minus
        A layer whose fall is subtracted.
    """
    units = evidence.units
    strongest = units.shifted()[-1]
    fall = scores(units, family).minus(scores_of(units, strongest, family))
    values = fall.of(layer)
    return measured(fall, values if minus is None else values - fall.of(minus), null=0.0)


@statistic
def alignment_lost_by_dose(
    evidence: Evidence, *, family: Family, layer: Layer = "last"
) -> Measurement:
    """Score of maps between seeds on the weakest shift, less that on the strongest, in a layer.

    "Bridging Critical Gaps in Convergent Learning": deep layers diverge in proportion to the shift.
    Over both directions.

    Parameters
    ----------
    evidence
        Results of the study.
    family
        A measure of `repatlas.units.results.ALIGNMENTS`.
    layer
        The layer looked at.
    """
    units = evidence.units
    shifted = units.shifted()
    if len(shifted) < 2:
        raise UnavailableError("this study has a single shift of its images")
    fall = scores_of(units, shifted[0], family).minus(scores_of(units, shifted[-1], family))
    return measured(fall, fall.of(layer), null=0.0)
