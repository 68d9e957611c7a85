"""Effective theory of a pair, solved in closed form for any start.

If representations move along their difference only, as the theory assumes, the number ``U =
sqrt(eta_y h)`` and the vector ``V = sqrt(eta_h |dx|^2 / h) dy`` are the weights of a linear network
with one hidden unit. Its two layers keep ``c = U^2 - |V|^2`` constant, and ``Q = (U, V)`` follows

``dQ/dt = (F Q - Q |Q|^2 / 2) / 2``,  ``F = [[c / 2, s], [s, -c / 2]]``,

where ``s = sqrt(eta_h eta_y) |dx| dy*``: the Riccati equation of linear networks (Fukumizu 1998;
Domine et al. 2024 for layers that are not balanced). So ``Q`` is ``P = exp(F t / 2) Q(0)`` over the
square root of ``1 + int |P|^2 dt / 2``. Nothing is approximated beyond the three equations, and no
solver has to take steps through a run.
"""

import numpy as np
from numpy.typing import ArrayLike

from repatlas.theory.checks import check_distances, check_misalignment, check_rates
from repatlas.theory.decay import TINY, decay
from repatlas.theory.effective import Curves, Floats, Pair, Rates, Start, column


def solve_pair(pair: Pair, rates: Rates, start: Start, times: ArrayLike) -> Curves:
    """Course of a pair.

    With an over-strong decoder whose outputs point the wrong way, ``h`` falls to 0 in finite time:
    there the three equations are singular, and this is their solution through that point, with
    ``dh`` turned round.

    Parameters
    ----------
    pair, rates, start
        All of shape (...,), broadcast.
    times
        (t,) since the start, 0 or more.

    Returns
    -------
    Curves
        (..., t).

    Raises
    ------
    InputError
        A distance, a rate or the misalignment is one that no pair has.
    """
    check_distances(pair, start)
    check_misalignment(pair, start)
    check_rates(rates)
    return evaluate(pair, rates, start, np.asarray(times, dtype=np.float64))


def evaluate(pair: Pair, rates: Rates, start: Start, times: Floats) -> Curves:
    """Do ``solve_pair`` without its checks: fits call it hundreds of times with the same start."""
    decoder, encoder = column(rates.output), column(rates.hidden) * column(pair.input_square)
    unit, along, across = _weights(pair, start, decoder, encoder)
    difference = unit**2 - along**2 - across**2
    coupling = np.sqrt(encoder * decoder * column(pair.target_square))
    growth = np.hypot(difference / 2, coupling)

    # In the basis of F: one part grows, one decays, and V across dy* has a rate of its own. All are
    # taken over the growing part's exp(growth t / 2), so that nothing overflows.
    angle = np.arctan2(coupling, difference / 2) / 2
    cosine, sine = np.cos(angle), np.sin(angle)
    grown, shrunk = cosine * unit + sine * along, cosine * along - sine * unit
    fall, ramp = decay(growth, times)
    norm = fall + (grown**2 + shrunk**2 * fall) * ramp / 2
    if across.any():
        slow_fall, slow_ramp = decay(np.abs(difference) / 2, times)
        # 0 or more; rounding of the difference would else let it be a little below.
        rate = np.maximum(growth + np.minimum(difference, 0) / 2, 0)
        crossed = np.exp(-rate * times)
        norm = norm + across**2 * crossed * slow_ramp / 2
        across = across * np.sqrt(crossed * np.where(difference > 0, slow_fall, 1))
    # 0 for a start on the way into the saddle, where everything dies.
    norm = np.sqrt(np.maximum(norm, TINY))
    hidden = (cosine * grown - sine * shrunk * fall) / norm
    target = (sine * grown + cosine * shrunk * fall) / norm
    return _distances(hidden, target, across / norm, pair, decoder, encoder)


def _weights(
    pair: Pair, start: Start, decoder: Floats, encoder: Floats
) -> tuple[Floats, Floats, Floats]:
    """U, and V along and across the targets' difference, at the start."""
    square, output = column(pair.target_square), column(start.output)
    product = output - column(start.misalignment)
    along = product / np.sqrt(np.where(square > 0, square, 1))
    across = np.sqrt(np.maximum(output - along**2, 0))
    scale = np.sqrt(encoder / column(start.hidden))
    return np.sqrt(decoder * column(start.hidden)), scale * along, scale * across


def _distances(
    unit: Floats, along: Floats, across: Floats, pair: Pair, decoder: Floats, encoder: Floats
) -> Curves:
    hidden = unit**2 / decoder
    output = hidden * (along**2 + across**2) / encoder
    product = unit * along * np.sqrt(column(pair.target_square) / (decoder * encoder))
    return Curves(hidden, output, output - product)
