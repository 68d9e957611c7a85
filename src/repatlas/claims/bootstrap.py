"""Percentile bootstrap over seeds (Efron 1979), for values of networks and of pairs of them."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.measurement import Measurement, Observation, Seed

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """The mean over seeds and the interval that resampling the seeds gives it."""

    value: float
    interval: tuple[float, float] | None


def estimate(measurement: Measurement, resamples: int, generator: np.random.Generator) -> Estimate:
    """Mean over seeds (or the difference of two means) with its bootstrap interval.

    What is drawn, with replacement, are the seeds of each cell, never pairs of seeds: a pair
    counts as often as both its seeds were drawn together, and a seed drawn twice makes no pair
    with itself. Pairs that share a seed thus vary together, as they do when seeds are trained
    anew. Resamples that leave a mean without any value are drawn again.

    Parameters
    ----------
    measurement
        Finite values only.
    resamples
        Number of resamples.
    generator
        Source of the draws.

    Returns
    -------
    Estimate
        Value NaN where there is no observation; interval None where there are too few seeds for
        one: two in each cell, or three where pairs of seeds of that cell are averaged.
    """
    value = _difference(measurement, _weights_of_sample(measurement))
    if math.isnan(value) or not _enough_seeds(measurement):
        return Estimate(value, None)
    values: NDArray[np.float64] = np.empty(0)
    while len(values) < resamples:
        drawn = _difference_of_draws(measurement, resamples, generator)
        values = np.concatenate([values, drawn[~np.isnan(drawn)]])
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(values[:resamples], [tail, 1 - tail])
    return Estimate(value, (float(low), float(high)))


def _enough_seeds(measurement: Measurement) -> bool:
    paired = {
        one.cell
        for item in measurement.all
        for one, other in itertools.combinations(item.seeds, 2)
        if one.cell == other.cell
    }
    return all(
        len(seeds) >= (3 if cell in paired else 2)
        for cell, seeds in measurement.seeds_by_cell().items()
    )


def _weights_of_sample(measurement: Measurement) -> dict[Seed, NDArray[np.int64]]:
    return {
        seed: np.ones(1, dtype=np.int64)
        for seeds in measurement.seeds_by_cell().values()
        for seed in seeds
    }


def _difference(measurement: Measurement, counts: dict[Seed, NDArray[np.int64]]) -> float:
    return float(_differences(measurement, counts)[0])


def _difference_of_draws(
    measurement: Measurement, resamples: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    counts: dict[Seed, NDArray[np.int64]] = {}
    for seeds in measurement.seeds_by_cell().values():
        drawn = generator.multinomial(len(seeds), [1 / len(seeds)] * len(seeds), size=resamples)
        counts |= dict(zip(seeds, drawn.T, strict=True))
    return _differences(measurement, counts)


def _differences(
    measurement: Measurement, counts: dict[Seed, NDArray[np.int64]]
) -> NDArray[np.float64]:
    means = _means(measurement.observations, counts)
    return means if measurement.minus is None else means - _means(measurement.minus, counts)


def _means(
    observations: Sequence[Observation], counts: dict[Seed, NDArray[np.int64]]
) -> NDArray[np.float64]:
    """(resamples,) weighted means; NaN where no observation is left."""
    if not observations:
        return np.full(1, np.nan)
    weights = np.stack(
        [np.prod([counts[seed] for seed in item.seeds], axis=0) for item in observations]
    )
    values = np.array([item.value for item in observations])
    with np.errstate(invalid="ignore"):
        means: NDArray[np.float64] = values @ weights / weights.sum(axis=0)
    return means
