"""What a study has to say of learners of noisy labels."""

import functools
import math
from typing import Literal

import numpy as np
from scipy.stats import rankdata

from repatlas.claims.evidence import ENSEMBLES, EnsembleKey, NoiseFiles
from repatlas.claims.measurement import Measurement, Observation, Seed
from repatlas.claims.networks import UnavailableError
from repatlas.claims.reading import Array
from repatlas.ensembles.results import SimulatedAlignment, TrainedEnsemble
from repatlas.ensembles.settings import (
    AlignmentMeasure,
    Settings,
    of_ensemble,
    of_simulation,
)
from repatlas.setting_records import read_setting_record

Source = Literal["shared_inputs", "own_inputs", "linear", "relu", "images"]
"""Exact solutions, of learners with the same inputs or their own; or trained ensembles."""

LABELS: dict[Source, str] = {
    "shared_inputs": "exact solutions, same inputs",
    "own_inputs": "exact solutions, own inputs",
    "linear": "linear networks",
    "relu": "ReLU networks",
    "images": "networks on images",
}
"""What sources are called."""


class NoiseEvidence:
    """Learners of noisy labels of a study, each file read once."""

    def __init__(self, files: NoiseFiles) -> None:
        self.files = files
        self._ensembles: dict[EnsembleKey, TrainedEnsemble] = {}

    def settings(self, source: Source, measure: AlignmentMeasure) -> Settings:
        """Alignment and test error by setting.

        Raises
        ------
        UnavailableError
            The study has no such learners.
        InputError
            A file that is absent, damaged or of another kind, or lacks the measure.
        """
        if source == "shared_inputs" or source == "own_inputs":
            return of_simulation(self._simulation, measure, shared=source == "shared_inputs")
        return of_ensemble(self._ensemble(source), measure)

    @functools.cached_property
    def _simulation(self) -> SimulatedAlignment:
        if self.files.simulation is None:
            raise UnavailableError("this study has no exact solutions of noisy regression")
        return read_setting_record(SimulatedAlignment, self.files.simulation)

    def _ensemble(self, key: EnsembleKey) -> TrainedEnsemble:
        if key not in self.files.ensembles:
            raise UnavailableError(f"this study has no {ENSEMBLES[key]}")
        if key not in self._ensembles:
            self._ensembles[key] = read_setting_record(TrainedEnsemble, self.files.ensembles[key])
        return self._ensembles[key]


def measured(
    source: Source, values: Array, silent: str = "undefined", null: float | None = None
) -> Measurement:
    """One value a repetition, which is what the bootstrap draws.

    Parameters
    ----------
    source
        Whose values they are.
    values
        (repetitions,); NaN where a repetition says nothing.
    silent
        Why it says nothing.
    null
        The value expected if there were nothing to find.
    """
    found, left_out = [], []
    for number, value in enumerate(values.tolist()):
        label = f"{LABELS[source]}, repetition {number}"
        if math.isnan(value):
            left_out.append(f"{label}: {silent}")
        else:
            found.append(Observation(value, (Seed(LABELS[source], number),), label))
    return Measurement(tuple(found), null=null, left_out=tuple(left_out))


def require_both_sides(found: Settings, source: Source) -> None:
    """Require sample sizes near the threshold and away from it.

    Raises
    ------
    UnavailableError
        The study has none of the one or of the other.
    """
    for side, rows in (("near", found.near), ("away from", ~found.near)):
        if not rows.any():
            raise UnavailableError(
                f"this study has no sample size {side} the threshold of {LABELS[source]}"
            )


def flat(table: Array) -> Array:
    """Settings of each repetition in a row: (repetitions, R, S) to (repetitions, R * S)."""
    return table.reshape(len(table), -1)


def mean_of_others(values: Array) -> Array:
    """For each repetition the mean of all others, (repetitions, m); NaN where there are none."""
    with np.errstate(invalid="ignore"):
        mean: Array = (values.sum(axis=0) - values) / (len(values) - 1)
    return mean


def rank_correlation(values: Array, others: Array) -> Array:
    """Spearman's rank correlation along the last axis; NaN where either does not vary."""
    ranks, other = (
        part - part.mean(axis=-1, keepdims=True)
        for part in (rankdata(values, axis=-1), rankdata(others, axis=-1))
    )
    norm = np.sqrt(np.square(ranks).sum(axis=-1) * np.square(other).sum(axis=-1))
    with np.errstate(invalid="ignore"):
        correlation: Array = (ranks * other).sum(axis=-1) / norm
    return correlation
