"""How well do families of maps align the units of two networks? (Kapoor et al. 2025)."""

from typing import Literal

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import UnitKey
from repatlas.claims.measurement import Measurement
from repatlas.claims.registry import statistic
from repatlas.claims.unit_tables import Layer, PairTable, measured, pair_table
from repatlas.claims.units import Units
from repatlas.units.results import Alignments

Family = Literal[
    "linear", "procrustes", "permutation", "soft", "semi", "cca", "svcca", "pwcca", "cka"
]
Variant = Literal["native", "rotated", "shuffled"]
Control = Literal["rotated", "shuffled"]
Group = Literal["seeds", "widths"]

KEYS: dict[Group, UnitKey] = {"seeds": "alignments", "widths": "alignments_widths"}

CONSTANT = "fewer than two units vary in some layer"


@statistic
def alignment_difference(
    evidence: Evidence, *, family: Family, minus: Family, layer: Layer = "all"
) -> Measurement:
    """Mean score of a family of maps between seeds, less that of another family.

    "Bridging Critical Gaps in Convergent Learning": linear, orthogonal and permutation maps, on
    images held out, over both directions and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    family, minus
        Measures of `repatlas.units.results.ALIGNMENTS`.
    layer
        The layers looked at.
    """
    units = evidence.units
    above = scores(units, family).minus(scores(units, minus))
    return measured(above, above.of(layer), undefined=CONSTANT)


@statistic
def alignment_over_control(
    evidence: Evidence, *, family: Family, control: Control, group: Group = "seeds"
) -> Measurement:
    """Mean score of maps between networks, less that in a rotated basis or on other images.

    "Bridging Critical Gaps in Convergent Learning": is there a privileged basis, is it more than
    chance. Over layers, both directions and pairs of networks.

    Parameters
    ----------
    evidence
        Results of the study.
    family
        A measure of `repatlas.units.results.ALIGNMENTS`.
    control
        One network in a random orthogonal basis, or shown other images.
    group
        Seeds of one network, or networks of two widths.
    """
    units = evidence.units
    key = KEYS[group]
    above = scores(units, family, key=key).minus(scores(units, family, control, key=key))
    return measured(above, above.of("all"), undefined=CONSTANT, null=0.0)


@statistic
def alignment_over_untrained(evidence: Evidence, *, family: Family) -> Measurement:
    """Mean score of maps between seeds, less that between the same networks before training.

    Beyond "Bridging Critical Gaps in Convergent Learning": over layers, both directions and pairs.

    Parameters
    ----------
    evidence
        Results of the study.
    family
        A measure of `repatlas.units.results.ALIGNMENTS`.
    """
    units = evidence.units
    above = scores(units, family).minus(scores(units, family, key="alignments_untrained"))
    return measured(above, above.of("all"), undefined=CONSTANT, null=0.0)


@statistic
def basis_over_untrained(evidence: Evidence, *, family: Family) -> Measurement:
    """Gain of the units' own basis over a rotated one, less that before training.

    Beyond "Bridging Critical Gaps in Convergent Learning": rectifiers privilege a basis without any
    training. Over layers, both directions and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    family
        A measure of `repatlas.units.results.ALIGNMENTS`.
    """
    units = evidence.units
    trained, untrained = (
        scores(units, family, key=key).minus(scores(units, family, "rotated", key=key))
        for key in (KEYS["seeds"], "alignments_untrained")
    )
    above = trained.minus(untrained)
    return measured(above, above.of("all"), undefined=CONSTANT, null=0.0)


@statistic
def first_layer_alignment(evidence: Evidence, *, family: Family) -> Measurement:
    """Mean score of maps in the first layer, less that in the best one of the others.

    "Bridging Critical Gaps in Convergent Learning": early layers converge most. Over both
    directions and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    family
        A measure of `repatlas.units.results.ALIGNMENTS`.
    """
    found = scores(evidence.units, family)
    return measured(found, found.first_layer_lead(), undefined=CONSTANT)


def scores(
    units: Units, family: Family, variant: Variant = "native", *, key: UnitKey = "alignments"
) -> PairTable:
    """Scores of a family of maps, by pair of networks and layer."""
    return scores_of(units, units.record(Alignments, key), family, variant)


def scores_of(
    units: Units, record: Alignments, family: Family, variant: Variant = "native"
) -> PairTable:
    """The same from a record."""
    chosen = (record.measure == family) & (record.variant == variant)
    return pair_table(units, record, record.value, chosen)
