"""Alignment and test error by setting: records of learners of noisy labels as tables."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.ensembles.results import SimulatedAlignment, TrainedEnsemble
from repatlas.errors import InputError
from repatlas.theory import noise_alignment

Array = NDArray[np.float64]

AlignmentMeasure = Literal["above_chance", "cka", "chance", "cosine", "imbalance"]
"""Linear CKA of hidden layers less chance; the same as it is; chance, which is that of a learner
and one of unrelated labels; cosine of what two learners compute; 1 less the information imbalance
of hidden layers (trained ensembles only)."""

NEAR = 4 / 3 + 1e-9
"""Factor of samples within which a setting is near the threshold."""


@dataclass(frozen=True, eq=False)
class Settings:
    """Alignment and test error of every setting, in each repetition.

    Attributes
    ----------
    ratios
        (R,) samples over those of the interpolation threshold, ascending.
    snrs
        (S,) signal-to-noise ratios, ascending.
    alignment, error
        (repetitions, R, S) mean over pairs of learners, and over learners.
    shared
        Whether the learners have the same inputs.
    """

    ratios: Array
    snrs: Array
    alignment: Array
    error: Array
    shared: bool = True

    @property
    def near(self) -> NDArray[np.bool_]:
        """(R,) whether a number of samples is near the threshold."""
        return np.abs(np.log(self.ratios)) <= np.log(NEAR)

    @property
    def expected_cosine(self) -> Array:
        """(R, S) closed form of linear networks at the same noise and ratio to the threshold."""
        return noise_alignment.cosine(self.ratios[:, None], self.snrs, shared=self.shared)

    @property
    def expected_error(self) -> Array:
        """(R, S) closed form of their test error."""
        return noise_alignment.excess_error(self.ratios[:, None], self.snrs)


def of_simulation(
    record: SimulatedAlignment,
    measure: AlignmentMeasure,
    *,
    shared: bool = True,
    ridge: float = 0.0,
    outputs: int = 1,
) -> Settings:
    """Table of exact solutions with one penalty and number of outputs.

    Raises
    ------
    InputError
        The record has no such solutions, or not the measure.
    """
    rows = (record.shared == shared) & (record.ridge == ridge) & (record.outputs == outputs)
    if not rows.any() or measure == "imbalance":
        raise InputError(
            f"the simulation has no {measure} with ridge {ridge:g} and {outputs} outputs: give the "
            "study's `simulation` both"
        )
    known = {
        "above_chance": record.cka - record.null_cka,
        "cka": record.cka,
        "chance": record.null_cka,
        "cosine": record.cosine,
    }
    keys = record.replica[rows], record.ratio[rows], record.snr[rows]
    (_, ratios, snrs), alignment = pivot(known[measure][rows], *keys)
    _, error = pivot(record.excess_error[rows], *keys)
    return Settings(ratios, snrs, alignment, error, shared)


def of_ensemble(
    record: TrainedEnsemble, measure: AlignmentMeasure, scale: float | None = None
) -> Settings:
    """Table of a trained ensemble, of one scale of the initial weights (the first if None)."""
    start = record.spec.init_scales[0] if scale is None else scale
    if measure == "above_chance":
        alignment = _pairs(record, "cka", start) - _pairs(record, "chance", start)
    else:
        alignment = _pairs(record, measure, start)
    rows = record.member_scale == start
    (_, samples, snrs), error = pivot(
        record.member_test_error[rows],
        record.member_draw[rows],
        record.member_samples[rows],
        record.member_snr[rows],
    )
    ratios = samples / record.threshold
    return Settings(ratios, snrs, alignment, error, record.spec.shared_inputs)


def _pairs(record: TrainedEnsemble, measure: str, scale: float) -> Array:
    """(draws, samples, SNRs) mean over pairs of members, or of members with the null."""
    kind = "shuffled" if measure == "chance" else "trained"
    rows = (record.pair_kind == kind) & (record.pair_scale == scale)
    values = {
        "cka": record.pair_cka,
        "chance": record.pair_cka,
        "cosine": record.pair_cosine,
        "imbalance": 1.0 - record.pair_imbalance,
    }[measure]
    keys = record.pair_draw, record.pair_samples, record.pair_snr
    return pivot(values[rows], *(key[rows] for key in keys))[1]


def pivot(values: ArrayLike, *keys: NDArray[np.generic]) -> tuple[tuple[Array, ...], Array]:
    """Table of the means of values by their keys.

    Parameters
    ----------
    values
        (m,).
    keys
        (m,) each.

    Returns
    -------
    tuple
        The distinct values of each key, ascending; and the table, an axis a key, NaN where there
        is no value.
    """
    found = [np.unique(key, return_inverse=True) for key in keys]
    shape = tuple(len(distinct) for distinct, _ in found)
    places = np.ravel_multi_index(tuple(place.ravel() for _, place in found), shape)
    size = int(np.prod(shape))
    sums = np.bincount(places, np.asarray(values, dtype=np.float64), size)
    with np.errstate(invalid="ignore"):
        means = sums / np.bincount(places, minlength=size)
    return tuple(distinct.astype(np.float64) for distinct, _ in found), means.reshape(shape)
