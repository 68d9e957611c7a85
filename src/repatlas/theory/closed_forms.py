"""Limits in which the effective theory has simple curves; all follow from its three equations.

Courses are (..., t) for pairs, rates and starts of shape (...,) and times (t,) since the start.
"""

import numpy as np
from numpy.typing import ArrayLike

from repatlas.theory.decay import decay
from repatlas.theory.effective import Curves, Floats, Pair, Rates, Start, Value, column
from repatlas.theory.final_distance import initial_part


def signed_velocity(signed: Value, pair: Pair, rates: Rates, start: Start) -> Floats:
    """Change in unit time of a scalar output difference ``s = dy``, signed along ``dy*``.

    ``-(s - |dy*|) (eta_y h + eta_h |dx|^2 s^2 / h) / 2``: one equation says all, as ``w = s^2 - s
    |dy*|`` and ``h`` follows from the conserved quantity, ``s^2 = r h (h - A_high)``.

    Raises
    ------
    InputError
        A distance or a rate is impossible.
    """
    encoder = np.asarray(rates.hidden) * pair.input_square
    square = np.asarray(signed, dtype=np.float64) ** 2
    initial = initial_part(pair, rates, start)
    hidden = initial / 2 + np.sqrt(initial**2 / 4 + square * encoder / rates.output)
    error = signed - np.sqrt(pair.target_square)
    change: Floats = -error * (rates.output * hidden + encoder * square / hidden) / 2
    return change


def rich_limit(pair: Pair, rates: Rates, start: Start, times: ArrayLike) -> Curves:
    """Course of an output along ``dy*`` if ``A_high = 0``: a logistic curve.

    ``s(t) = d / (1 + (d / s0 - 1) exp(-k d t))`` with ``d = |dy*|`` and ``k = sqrt(eta_h eta_y)
    |dx|``; ``y = s^2`` and ``h = s / sqrt(r)``. Only ``start.output``, which is ``s0^2`` and above
    0, is used.
    """
    norm, first = np.sqrt(column(pair.target_square)), np.sqrt(column(start.output))
    fall = np.exp(-column(_logistic_rate(pair, rates)) * np.asarray(times, np.float64))
    signed = norm / (1 + (norm / first - 1) * fall)
    slope = column(rates.output) / (column(rates.hidden) * column(pair.input_square))
    return Curves(signed / np.sqrt(slope), signed**2, signed**2 - signed * norm)


def rich_half_time(pair: Pair, rates: Rates, start: Start) -> Floats:
    """When the logistic curve of the rich limit is half way: ``ln(d / s0 - 1) / (k d)``.

    In time units, (...,). Learning takes ``1 / (|dx| |dy*|)`` up to a logarithm. Below 0 for a
    pair that starts beyond half its target.
    """
    ratio = np.sqrt(np.asarray(pair.target_square) / start.output)
    half: Floats = np.log(ratio - 1) / _logistic_rate(pair, rates)
    return half


def lazy_limit(pair: Pair, rates: Rates, start: Start, times: ArrayLike) -> Curves:
    """Course if the hidden distance does not move (``A_high >> A_low``).

    ``dy - dy*`` falls exponentially, at the rate ``eta_y h0 / 2``.
    """
    fall = np.exp(-column(rates.output) * column(start.hidden) * np.asarray(times, float) / 2)
    square, output = column(pair.target_square), column(start.output)
    missing = square - (output - column(start.misalignment))
    far = output + 2 * missing - square
    y = square - 2 * missing * fall + far * fall**2
    product = square - missing * fall
    return Curves(np.broadcast_to(column(start.hidden), y.shape), y, y - product)


def identical_targets(pair: Pair, rates: Rates, start: Start, times: ArrayLike) -> Floats:
    """Squared hidden distance of two points with one target, (..., t).

    ``A / (1 + (A / h0 - 1) exp(-eta_y A t))`` with ``A = A_high``, or ``h0 / (1 + eta_y h0 t)`` for
    ``A = 0``: towards ``A`` where it is above 0, else to a merger. ``pair.target_square`` is not
    used.

    Raises
    ------
    InputError
        A distance or a rate is impossible.
    """
    initial, output = column(initial_part(pair, rates, start)), column(rates.output)
    fall, ramp = decay(output * np.abs(initial), np.asarray(times, dtype=np.float64))
    grown = 1 / column(start.hidden) * np.where(initial < 0, 1, fall) + output * ramp
    course: Floats = np.where(initial < 0, fall, 1) / grown
    return course


def _logistic_rate(pair: Pair, rates: Rates) -> Floats:
    """``k d = sqrt(eta_h eta_y) |dx| |dy*|``."""
    product = np.asarray(rates.hidden, np.float64) * rates.output * pair.input_square
    rate: Floats = np.sqrt(product * pair.target_square)
    return rate
