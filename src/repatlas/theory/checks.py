"""Pairs and starts that the theory cannot take are refused in one line."""

import numpy as np

from repatlas.errors import InputError
from repatlas.theory.effective import Floats, Pair, Rates, Start, Value

SLACK = 1e-3
"""Part by which measured outputs may break the Cauchy-Schwarz inequality, by rounding."""


def check_distances(pair: Pair, start: Start) -> None:
    """Refuse distances that no pair of points has.

    Raises
    ------
    InputError
        ``|dx|^2`` or ``h`` is not above 0, ``|dy*|^2`` or ``y`` is below 0, or one is not finite.
    """
    _check("the squared input distance", pair.input_square, positive=True)
    _check("the squared hidden distance at the start", start.hidden, positive=True)
    _check("the squared target distance", pair.target_square, positive=False)
    _check("the squared output distance at the start", start.output, positive=False)


def check_rates(rates: Rates) -> None:
    """Refuse rates that are not above 0.

    Raises
    ------
    InputError
        One is 0, negative or not finite.
    """
    _check("the rate of the encoder", rates.hidden, positive=True)
    _check("the rate of the decoder", rates.output, positive=True)


def check_misalignment(pair: Pair, start: Start) -> None:
    """Refuse a misalignment that outputs of this length cannot have with the targets.

    Raises
    ------
    InputError
        ``|y - w|``, which is ``|dy.dy*|``, exceeds ``|dy| |dy*|``.
    """
    output, square = np.asarray(start.output), np.asarray(pair.target_square)
    product = output - np.asarray(start.misalignment)
    rounding = np.finfo(np.float32).eps * np.maximum(output, square)
    if not np.all(np.abs(product) <= (1 + SLACK) * np.sqrt(output * square) + rounding):
        raise InputError(
            "a start has |y - w| above |dy| |dy*|, which no outputs have: "
            "take y, w and |dy*|^2 of the same pair, with w = |dy|^2 - dy.dy*"
        )


def _check(what: str, value: Value, *, positive: bool) -> None:
    array: Floats = np.asarray(value, dtype=np.float64)
    right = np.isfinite(array) & ((array > 0) if positive else (array >= 0))
    if not right.all():
        found = array[~right].flat[0]
        raise InputError(f"{what} is {found:g}; give {'one above 0' if positive else '0 or more'}")
