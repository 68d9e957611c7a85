"""Do mean activations of two seeds have the same spectrum? ("Convergent Learning", S.4)."""

from collections.abc import Callable

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement, Observation
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.unit_tables import PairTable, measured, tabulate

SILENT = "units whose mean activation is not above 0"


@statistic
def spectrum_range(evidence: Evidence) -> Measurement:
    """Decades between the most and the least active unit of a layer, in mean activation.

    "Convergent Learning", Fig S12: of live units, mean over layers.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    units = evidence.units
    layers = units.activity
    subjects = layers[0].subjects
    observations = []
    for member in units.fitted(subjects):
        ranges = [float(np.ptp(_decades(layer.means[member.place]))) for layer in layers]
        observations.append(Observation(float(np.mean(ranges)), (member.unit,), member.label))
    return Measurement(tuple(observations), not_fitted=units.not_fitted(subjects))


@statistic
def spectrum_difference(evidence: Evidence) -> Measurement:
    """Median difference between the sorted mean activations of two seeds, as a part of their range.

    "Convergent Learning", Fig S12; the number is ours: in decades, rank by rank over live units;
    mean over layers.

    Parameters
    ----------
    evidence
        Results of the study.
    """

    def value(first: Array, second: Array) -> float:
        spread = (np.ptp(first) + np.ptp(second)) / 2
        return float(np.median(abs(first - second)) / spread) if spread else float("nan")

    table = _compared(evidence, value)
    return measured(table, table.of("all"), undefined=SILENT)


@statistic
def spectrum_top_difference(evidence: Evidence) -> Measurement:
    """Difference between the most active units of two seeds, less that at a median rank.

    "Convergent Learning", Fig S12: spectra agree but for the few most active units. In decades of
    mean activation; mean over layers.

    Parameters
    ----------
    evidence
        Results of the study.
    """

    def value(first: Array, second: Array) -> float:
        apart = abs(first - second)
        return float(apart[0] - np.median(apart))

    table = _compared(evidence, value)
    return measured(table, table.of("all"), undefined=SILENT)


def _compared(evidence: Evidence, value: Callable[[Array, Array], float]) -> PairTable:
    """Compare the spectra of every two seeds, at as many ranks as the poorer one has live units."""
    units = evidence.units
    layers = units.activity

    def of_layer(first: int, second: int, layer: int) -> float:
        means = layers[layer].means
        count = min(len(means[first]), len(means[second]))
        if not count:
            return float("nan")
        ranks = np.linspace(0, 1, count)
        return value(*(_at_ranks(_decades(means[place]), ranks) for place in (first, second)))

    return tabulate(units, layers[0].subjects, tuple(layer.title for layer in layers), of_layer)


def _decades(means: Array) -> Array:
    """Logarithms of mean activations; NaN where there is none."""
    decades: Array = np.log10(np.where(means > 0, means, np.nan))
    return decades


def _at_ranks(decades: Array, ranks: Array) -> Array:
    """Values at ranks from 0, the most active unit, to 1, the least active one."""
    own = np.linspace(0, 1, len(decades))
    values: Array = np.interp(ranks, own, decades)
    return values
