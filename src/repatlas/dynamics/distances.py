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
    start, output = hidden[:, 0], grid.output[:, 0].astype(np.float64)
    pair = Pair(grid.input_square.astype(np.float64), grid.target_square.astype(np.float64))
    usable = (start > 0) & np.isfinite(rates.hidden)
    told = _told(
        Pair(np.asarray(pair.input_square)[usable], np.asarray(pair.target_square)[usable]),
        rates,
        Start(start[usable], output[usable], 0.0),
        grid.decoder_square[usable, grid.layer].astype(np.float64),
    )
    if grid.settings.get("points", {}).get("outputs", 1) != 1:
        told["unaligned"] = np.full(usable.sum(), np.nan)
    return FinalDistances(
        settings=grid.settings,
        measured=hidden[:, -1],
        start=start,
        input_square=grid.input_square,
        target_square=grid.target_square,
        converged=grid.converged,
        hidden_rate=float(rates.hidden),
        output_rate=float(rates.output),
        **{name: _spread(values, usable) for name, values in told.items()},
    )


def _told(pair: Pair, rates: Rates, start: Start, decoder_square: Floats) -> dict[str, Floats]:
    """What theory says of pairs (n,)."""
    # The sign of the outputs' difference at the start does not count.
    unaligned = UnalignedStart(start.hidden, decoder_square, np.sqrt(start.output))
    return {
        "predicted": final_distance(pair, rates, start),
        "unaligned": unaligned_final_distance(pair, rates, unaligned),
        "a_high": initial_part(pair, rates, start),
        "a_low": task_part(pair, rates),
    }


def _spread(values: Floats, usable: NDArray[np.bool_]) -> Floats:
    """Values of the usable at their places, NaN elsewhere."""
    spread = np.full(len(usable), np.nan)
    spread[usable] = values
    return spread
