"""How early in training do seeds align? (Kapoor et al. 2025)."""

from typing import NamedTuple

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.units_alignment import Family, scores, scores_of
from repatlas.claims.unit_tables import PairTable, measured
from repatlas.records import Subject
from repatlas.units.results import Alignments

LEAST_GAIN = 0.02
"""Gain of a score by training below which its parts are noise."""


class _Early(NamedTuple):
    """Scores at a checkpoint and of the final network, means over layers (P,)."""

    table: PairTable
    early: Array
    final: Array


@statistic
def early_alignment(
    evidence: Evidence, *, family: Family, checkpoint: str = "epoch-0001"
) -> Measurement:
    """Mean score of maps between seeds at a checkpoint, as a part of that of the final networks.

    "Bridging Critical Gaps in Convergent Learning": nearly all of the final alignment exists after
    the first epoch. Means over layers and both directions.

    Parameters
    ----------
    evidence
        Results of the study.
    family
        A measure of `repatlas.units.results.ALIGNMENTS`.
    checkpoint
        Name of the checkpoint.
    """
    found = _early(evidence, family, checkpoint)
    return measured(found.table, found.early / found.final)


@statistic
def early_alignment_gain(
    evidence: Evidence, *, family: Family, checkpoint: str = "epoch-0001"
) -> Measurement:
    """Part of what training adds to the score of untrained networks that a checkpoint has.

    Beyond "Bridging Critical Gaps in Convergent Learning": untrained networks align, too. Means
    over layers and both directions; pairs to which training adds next to nothing are left out.

    Parameters
    ----------
    evidence
        Results of the study.
    family
        A measure of `repatlas.units.results.ALIGNMENTS`.
    checkpoint
        Name of the checkpoint.
    """
    found = _early(evidence, family, checkpoint)
    untrained = scores(evidence.units, family, key="alignments_untrained").of("all")
    whole = found.final - untrained
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(whole >= LEAST_GAIN, (found.early - untrained) / whole, np.nan)
    return measured(found.table, part, undefined="training adds nothing to the score")


@statistic
def alignment_ahead_of_accuracy(
    evidence: Evidence, *, family: Family, checkpoint: str = "epoch-0001"
) -> Measurement:
    """Part of the final score that a checkpoint has, less the part of the final test accuracy.

    "Bridging Critical Gaps in Convergent Learning": alignment is there long before accuracy
    plateaus. Accuracies are means of both seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    family
        A measure of `repatlas.units.results.ALIGNMENTS`.
    checkpoint
        Name of the checkpoint.
    """
    units = evidence.units
    found = _early(evidence, family, checkpoint)
    early, final = (
        _accuracies(found.table, record.subjects)
        for record in (units.at(checkpoint), units.record(Alignments, "alignments"))
    )
    ahead = found.early / found.final - early / final
    return measured(found.table, ahead, undefined="test accuracy unknown", null=0.0)


def _early(evidence: Evidence, family: Family, checkpoint: str) -> _Early:
    units = evidence.units
    table = scores_of(units, units.at(checkpoint), family)
    return _Early(table, table.of("all"), scores(units, family).of("all"))


def _accuracies(table: PairTable, subjects: tuple[Subject, ...]) -> Array:
    """(P,) mean test accuracy of both networks of each pair."""
    return np.array(
        [np.mean([subjects[member.place].test_accuracy for member in pair]) for pair in table.pairs]
    )
