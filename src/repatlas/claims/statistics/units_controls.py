"""Are matches of units more than chance? Held-out images, other images, untrained networks.

Controls that "Convergent Learning" lacks: the best of many correlations is biased upwards.
"""

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.units_matching import correlated, held_out, heldout_matches
from repatlas.claims.unit_tables import measured, pair_table
from repatlas.units.results import Matching

NOTHING = 0.0


@statistic
def match_heldout_drop(evidence: Evidence) -> Measurement:
    """Mean correlation with the best match where it was found, less that on images held out.

    Beyond "Convergent Learning": over live units, layers and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    units = evidence.units
    record = units.record(Matching, "matching")
    found = pair_table(units, record, record.greedy_value, held_out(record))
    drop = found.minus(heldout_matches(units))
    return measured(drop, drop.of("all"))


@statistic
def match_over_shuffled(evidence: Evidence) -> Measurement:
    """Mean correlation with the best match, less that where the other network saw other images.

    Beyond "Convergent Learning": over live units, layers and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    units = evidence.units
    record = units.record(Matching, "matching")
    rows = correlated(record)
    null = pair_table(units, record, record.greedy_shuffled, rows)
    above = pair_table(units, record, record.greedy_value, rows).minus(null)
    return measured(above, above.of("all"), null=NOTHING)


@statistic
def match_over_untrained(evidence: Evidence) -> Measurement:
    """Mean held-out correlation with the best match, less that between the untrained networks.

    Beyond "Convergent Learning": over live units, layers and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    units = evidence.units
    above = heldout_matches(units).minus(heldout_matches(units, "matching_untrained"))
    return measured(above, above.of("all"), null=NOTHING)
