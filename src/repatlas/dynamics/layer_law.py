"""How distances at every layer, and the time that learning takes, depend on the targets.

The effective theory looks at one layer. That distances at all layers are powers of the targets'
distance, and which, is known of balanced deep linear networks (`repatlas.theory.depth`).
"""

import numpy as np
from numpy.typing import NDArray

from repatlas.dynamics.findings import LayerLaw
from repatlas.dynamics.half_times import half_times
from repatlas.dynamics.results import Trajectories
from repatlas.errors import InputError
from repatlas.theory.depth import layer_exponents, measured_exponents

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def measure_layer_law(grid: Trajectories) -> LayerLaw:
    """Measure both laws in every seed of a grid of pairs.

    Parameters
    ----------
    grid
        Networks that learnt different pairs, every seed the same ones.

    Raises
    ------
    InputError
        Seeds did not learn the same pairs.
    """
    seeds = _replicas_by_seed(grid)
    times = [half_times(grid, replicas.tolist()) for replicas in seeds]
    layers = grid.hidden.shape[1]
    return LayerLaw(
        settings=grid.settings,
        layer=np.arange(layers),
        exponent=np.stack([_exponents(grid, replicas) for replicas in seeds], axis=1),
        predicted=layer_exponents(layers),
        input_square=grid.input_square[seeds[0]],
        target_square=grid.target_square[seeds[0]],
        half_time=np.stack([found.measured for found in times], axis=1),
        predicted_half_time=np.stack([found.predicted for found in times], axis=1),
        seed=grid.seed[seeds[:, 0]],
    )


def _replicas_by_seed(grid: Trajectories) -> Indices:
    """Replicas (seeds, pairs), pairs in the order of the record."""
    pairs = np.stack([grid.input_square, grid.target_square], axis=1)
    found = [np.flatnonzero(grid.seed == seed) for seed in np.unique(grid.seed)]
    if any(not np.array_equal(pairs[one], pairs[found[0]]) for one in found):
        raise InputError("seeds of the grid learnt different pairs: give networks of one grid")
    return np.stack(found)


def _exponents(grid: Trajectories, replicas: Indices) -> Floats:
    """Slopes (L,) over targets, the mean over inputs; NaN where no two targets were learnt."""
    final = grid.hidden[replicas, :, -1].astype(np.float64)
    usable = grid.converged[replicas] & (grid.target_square[replicas] > 0) & (final > 0).all(axis=1)
    final, replicas = final[usable], replicas[usable]
    inputs, targets = grid.input_square[replicas], grid.target_square[replicas]
    slopes = [
        measured_exponents(final[inputs == square], targets[inputs == square])
        for square in np.unique(inputs)
        if len(np.unique(targets[inputs == square])) > 1
    ]
    return np.mean(slopes, axis=0) if slopes else np.full(final.shape[1], np.nan)
