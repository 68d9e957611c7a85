"""Do units of two seeds pair off, one to one? ("Convergent Learning", section 3)."""

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import UnitKey
from repatlas.claims.measurement import Measurement
from repatlas.claims.registry import statistic
from repatlas.claims.unit_tables import Bools, Layer, PairTable, measured, pair_table
from repatlas.claims.units import Units
from repatlas.units.results import Matching

STRONG = 0.5
"""Correlation from which a unit counts as learned by both networks."""


@statistic
def matching_gap(evidence: Evidence) -> Measurement:
    """Part of the mean correlation with the best match that is lost where each unit serves once.

    "Convergent Learning", Fig 3: greedy matches against maximum-weight matching, over live units,
    layers and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    units = evidence.units
    record = units.record(Matching, "matching")
    rows = correlated(record) & (record.matched >= 0)
    greedy = pair_table(units, record, record.greedy_value, rows)
    matched = pair_table(units, record, record.matched_value, rows)
    with np.errstate(invalid="ignore", divide="ignore"):
        lost = greedy.with_values((greedy.values - matched.values) / greedy.values)
    return measured(lost, lost.of("all"))


@statistic
def kept_matches(evidence: Evidence) -> Measurement:
    """Share of units whose best match is also theirs where each unit serves as a match once.

    "Convergent Learning", Fig 3: units with equal values in both, over layers and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    units = evidence.units
    record = units.record(Matching, "matching")
    kept = pair_table(units, record, record.greedy == record.matched, correlated(record))
    return measured(kept, kept.of("all"))


@statistic
def well_matched(evidence: Evidence, *, layer: Layer = "all", least: float = STRONG) -> Measurement:
    """Share of units whose best match in another seed correlates strongly on images held out.

    "Convergent Learning", Fig 2 and 3: some units are learned by both networks, others are not.

    Parameters
    ----------
    evidence
        Results of the study.
    layer
        The layers looked at.
    least
        Correlation from which it is strong.
    """
    units = evidence.units
    record = units.record(Matching, "matching")
    strong = pair_table(units, record, record.greedy_heldout >= least, held_out(record))
    return measured(strong, strong.of(layer))


@statistic
def first_layer_match(evidence: Evidence) -> Measurement:
    """Mean held-out correlation with the best match in the first layer, less the next best layer's.

    "Convergent Learning", section 3: the first layer converges most.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    found = heldout_matches(evidence.units)
    return measured(found, found.first_layer_lead())


def heldout_matches(units: Units, key: UnitKey = "matching") -> PairTable:
    """Mean correlation of live units with their best matches, on images not used to find them."""
    record = units.record(Matching, key)
    return pair_table(units, record, record.greedy_heldout, held_out(record))


def correlated(record: Matching) -> Bools:
    """(m,) rows of live units that are matched by correlation over all images."""
    return (record.criterion == "correlation") & (record.fold == "all") & ~record.dead


def held_out(record: Matching) -> Bools:
    """(m,) rows of live units that are matched by correlation over one half of the images."""
    return (record.criterion == "correlation") & (record.fold != "all") & ~record.dead
