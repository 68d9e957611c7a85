"""How long it takes to learn a pair, and whether rates of one pair tell it of the others.

In the rich regime learning takes a time of ``1 / (|dx| |dy*|)`` up to a logarithm
(`repatlas.theory.closed_forms.rich_half_time`). That logarithm needs a start in balance, which
networks do not have; so the whole theory is asked, of which this is the limit.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from repatlas.dynamics.courses import curves_of, pair_of
from repatlas.dynamics.results import Trajectories
from repatlas.theory.effective import Curves, Pair
from repatlas.theory.fit import fit_rates
from repatlas.theory.solution import solve_pair


class HalfTimes(NamedTuple):
    """Steps (g,) of each pair, as measured and by the theory."""

    measured: NDArray[np.float64]
    predicted: NDArray[np.float64]


def half_times(grid: Trajectories, replicas: Sequence[int]) -> HalfTimes:
    """Half times of the pairs of one seed.

    Rates are fitted to the pair in the middle of those that were learnt, by ``|dx| |dy*|``.

    Parameters
    ----------
    grid
        Networks that learnt different pairs.
    replicas
        (g,) those of the seed.

    Returns
    -------
    HalfTimes
        NaN for pairs with one target, and those that were not learnt.
    """
    found = HalfTimes(*np.full((2, len(replicas)), np.nan))
    courses = {
        place: (curves, pair_of(grid, replica))
        for place, replica in enumerate(replicas)
        if (curves := _learnt(grid, replica)) is not None
    }
    if not courses:
        return found
    products = {
        place: pair.input_square * pair.target_square for place, (_, pair) in courses.items()
    }
    middle = sorted(products, key=lambda place: products[place])[len(products) // 2]
    rates = fit_rates(*courses[middle], times=grid.steps).rates
    for place, (curves, pair) in courses.items():
        told = solve_pair(pair, rates, curves.start, grid.steps)
        found.measured[place] = half_time(curves, pair, grid.steps)
        found.predicted[place] = half_time(told, pair, grid.steps)
    return found


def half_time(curves: Curves, pair: Pair, times: NDArray[np.integer]) -> float:
    """When the outputs first are half as far apart as the targets, in their direction.

    Parameters
    ----------
    curves
        (t,).
    pair
        Numbers; ``|dy*|^2`` above 0.
    times
        (t,) increasing; between two of them the course is taken as straight.

    Returns
    -------
    float
        NaN for a course that is there from the start, or never.
    """
    part = (curves.output - curves.misalignment) / pair.target_square
    there = part >= 0.5
    if there[0] or not there.any():
        return np.nan
    after = int(np.argmax(there))
    around = slice(after - 1, after + 1)
    return float(np.interp(0.5, part[around], times[around]))


def _learnt(grid: Trajectories, replica: int) -> Curves | None:
    if not grid.converged[replica] or grid.target_square[replica] == 0:
        return None
    return curves_of(grid, replica, int(grid.layer))
