"""Do two seeds arrange examples alike, beyond chance? (Groeger et al. 2026 on nulls)."""

from typing import Literal

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.registry import statistic
from repatlas.claims.unit_tables import Layer, PairTable, measured, pair_table
from repatlas.claims.units import Units
from repatlas.units.results import ExampleMeasures

Measure = Literal["cka_linear", "procrustes", "rsa_spearman", "mutual_neighbours"]


@statistic
def examples_over_null(
    evidence: Evidence, *, measure: Measure, layer: Layer = "all"
) -> Measurement:
    """Similarity of the same layer of two seeds by their examples, less that of permuted ones.

    Beyond "Convergent Learning": scores grow with the number of units, so that only what is above
    the mean over permutations of the examples counts. Over pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    measure
        A measure of `repatlas.units.results.EXAMPLE_MEASURES`.
    layer
        The layers looked at.
    """
    above = _above(evidence.units, measure)
    return measured(above, above.of(layer), null=0.0)


@statistic
def first_layer_examples(evidence: Evidence, *, measure: Measure) -> Measurement:
    """The same in the first layer, less that in the best one of the others.

    "Bridging Critical Gaps in Convergent Learning": early layers converge most, by all measures.

    Parameters
    ----------
    evidence
        Results of the study.
    measure
        A measure of `repatlas.units.results.EXAMPLE_MEASURES`.
    """
    above = _above(evidence.units, measure)
    return measured(above, above.first_layer_lead())


def _above(units: Units, measure: Measure) -> PairTable:
    record = units.record(ExampleMeasures, "example_measures")
    chosen = record.measure == measure
    return pair_table(units, record, record.value - record.null_mean, chosen)
