"""Final hidden distances of many pairs, told with rates that another pair gave.

The theory holds that its rates belong to the architecture and not to the pair. So they are fitted
to one pair, and nothing is fitted to the others (van Rossem and Saxe 2024).
"""

import numpy as np
from numpy.typing import NDArray

from repatlas.dynamics.findings import FinalDistances, Fits
from repatlas.dynamics.results import Trajectories
from repatlas.errors import InputError
from repatlas.theory.effective import Pair, Rates, Start
from repatlas.theory.final_distance import final_distance, initial_part, task_part
from repatlas.theory.unaligned import UnalignedStart, unaligned_final_distance

Floats = NDArray[np.float64]

TOLD = ("predicted", "unaligned", "a_high", "a_low")
"""Fields of `FinalDistances` that theory says."""


def frozen_rates(fits: Fits) -> Rates:
    """Rates of an architecture at the compared layer, from all replicas of one pair.

    Geometric means, as logarithms are fitted; the authors take means. Replicas whose course tells
    both rates count, or all if none does.

    Returns
    -------
    Rates
        Numbers; NaN if nothing could be fitted.
    """
    both = np.stack([fits.hidden_rate[:, fits.layer], fits.output_rate[:, fits.layer]])
    fitted, told = np.isfinite(both).all(axis=0), fits.identifiable[:, fits.layer]
    chosen = both[:, told if told.any() else fitted]
    means = np.exp(np.log(chosen).mean(axis=1)) if chosen.size else np.full(2, np.nan)
    return Rates(float(means[0]), float(means[1]))


def predict_distances(grid: Trajectories, fits: Fits) -> FinalDistances:
    """Tell the final distance of every pair of a grid from where it started.

    Parameters
    ----------
    grid
        Networks that learnt different pairs.
    fits
        Of networks of the same architecture that learnt one pair.

    Returns
    -------
    FinalDistances
        NaN for a pair that the layer does not tell apart at the start, or if nothing was fitted.

    Raises
    ------
    InputError
        Grid and fits compare different layers.
    """
    if grid.layer != fits.layer:
        raise InputError(
            f"distances at hidden layer {grid.layer} cannot be told with rates of layer "
            f"{fits.layer}: fit the same network as that of the grid"
        )
    rates, hidden = frozen_rates(fits), grid.hidden[:, grid.layer].astype(np.float64)
    told = np.full((len(TOLD), len(hidden)), np.nan)
    usable = (hidden[:, 0] > 0) & np.isfinite(rates.hidden)
    if usable.any():
        told[:, usable] = _told(grid, usable, rates)
    return FinalDistances(
        settings=grid.settings,
        measured=hidden[:, -1],
        start=hidden[:, 0],
        input_square=grid.input_square,
        target_square=grid.target_square,
        converged=grid.converged,
        hidden_rate=float(rates.hidden),
        output_rate=float(rates.output),
        **dict(zip(TOLD, told, strict=True)),
    )


def _told(grid: Trajectories, usable: NDArray[np.bool_], rates: Rates) -> Floats:
    """What theory says (4, n) of n pairs, in the order of `TOLD`."""
    hidden, output, inputs, targets, decoder = (
        values[usable].astype(np.float64)
        for values in (
            grid.hidden[:, grid.layer, 0],
            grid.output[:, 0],
            grid.input_square,
            grid.target_square,
            grid.decoder_square[:, grid.layer],
        )
    )
    # The end depends neither on the misalignment nor on the sign of the outputs' difference.
    pair, start = Pair(inputs, targets), Start(hidden, output, np.nan)
    free = unaligned_final_distance(pair, rates, UnalignedStart(hidden, decoder, np.sqrt(output)))
    # With more outputs than one the decoder is no vector, and there is no such form.
    scalar = grid.settings.get("points", {}).get("outputs") == 1
    return np.stack(
        [
            final_distance(pair, rates, start),
            free if scalar else np.full(len(hidden), np.nan),
            initial_part(pair, rates, start),
            task_part(pair, rates),
        ]
    )
