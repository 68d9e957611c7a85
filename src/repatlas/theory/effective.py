"""Effective theory of how two nearby representations interact (van Rossem and Saxe 2024).

Encoder ``x -> h`` and decoder ``h -> y`` are taken as smooth maps that training changes freely.
They are linearised between two data points, and the gradient of the square loss is followed by the
linearisation itself, with one rate for each part. If representations move along their difference
only, three variables form a closed system: the squared hidden distance ``h = |dh|^2``, the squared
distance of the outputs ``y = |dy|^2`` and their misalignment ``w = |dy|^2 - dy.dy*`` with the
targets' difference ``dy*``, which is 0 where the pair is fitted.

Fields of the classes below are numbers or arrays (...,) that broadcast against each other, so that
many pairs are told in one go. The time unit is one step of gradient descent.
"""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Value = float | Floats
"""A number, or an array (...,) with one for each of many pairs, networks or rates."""

Variant = Literal["alt1", "alt2", "alt3", "alt4"]
"""Equations with one term changed, which should fit worse (the authors' alternatives)."""


@dataclass(frozen=True, eq=False)
class Rates:
    """Effective learning rates, which stand for all that is particular to an architecture.

    They are ``1 / (2 tau)`` for the two maps and ``1 / tau`` for the mean output if the loss is
    half the squared error, averaged over both points.

    Attributes
    ----------
    hidden
        Of the encoder.
    output
        Of the decoder.
    mean
        Of the mean output; NaN where it was not fitted.
    """

    hidden: Value
    output: Value
    mean: Value = math.nan


@dataclass(frozen=True, eq=False)
class Pair:
    """Two data points.

    Attributes
    ----------
    input_square
        ``|dx|^2``, above 0.
    target_square
        ``|dy*|^2``, 0 or more.
    """

    input_square: Value
    target_square: Value


@dataclass(frozen=True, eq=False)
class Start:
    """Where a pair starts.

    Attributes
    ----------
    hidden
        ``h``, above 0.
    output
        ``y``, 0 or more.
    misalignment
        ``w``.
    """

    hidden: Value
    output: Value
    misalignment: Value


@dataclass(frozen=True, eq=False)
class Curves:
    """Course of a pair.

    Attributes
    ----------
    hidden, output, misalignment
        (..., t) of ``h``, ``y`` and ``w``.
    """

    hidden: Floats
    output: Floats
    misalignment: Floats

    @property
    def start(self) -> Start:
        """The first sample."""
        return Start(self.hidden[..., 0], self.output[..., 0], self.misalignment[..., 0])

    def stacked(self) -> Floats:
        """All three in one array, (3, ..., t)."""
        return np.stack([self.hidden, self.output, self.misalignment])


class Terms(NamedTuple):
    """Factors on terms of the equations."""

    hidden: float = 1.0
    """On dh/dt."""
    output: float = 1.0
    """On dy/dt."""
    spread: float = 1.0
    """On the part of dy/dt that comes from the change of h."""
    turn: float = 1.0
    """On the part of dw/dt that comes from the change of h."""


TERMS: dict[Variant | None, Terms] = {
    None: Terms(),
    "alt1": Terms(output=2.0),
    "alt2": Terms(hidden=2.0),
    "alt3": Terms(turn=-1.0),
    "alt4": Terms(spread=0.0),
}


def velocity(
    state: tuple[Value, Value, Value],
    encoder: Value,
    decoder: Value,
    target_square: Value,
    terms: Terms = TERMS[None],
) -> tuple[Value, Value, Value]:
    """Change of h, y and w in unit time.

    Parameters
    ----------
    state
        h (above 0), y and w, (...,).
    encoder, decoder
        ``eta_h |dx|^2`` and ``eta_y``.
    target_square
        ``|dy*|^2``.
    terms
        Factors on the terms; all 1 in the theory.
    """
    h, y, w = state
    grown, spread = decoder * h, encoder * w / h
    return (
        -terms.hidden * encoder * w,
        -terms.output * (grown * w + terms.spread * spread * y),
        -((3 * w - y + target_square) * grown + terms.turn * (y + w) * spread) / 2,
    )


def loss_curve(
    curves: Curves, pair: Pair, *, mean_square: Value, mean_rate: Value, times: ArrayLike
) -> Floats:
    """Training loss over time: half the squared error, averaged over both points.

    ``(2 exp(-2 eta_mean t) M0 + w + (|dy*|^2 - y) / 2) / 4``. From a small start it falls to a
    plateau at ``|dy*|^2 / 8`` before the points separate.

    Parameters
    ----------
    curves
        Course of the pair.
    pair
        The two points.
    mean_square
        ``M0``, squared distance of the mean output from the mean target at time 0.
    mean_rate
        ``eta_mean``, the third constant.
    times
        (t,) since the start.

    Returns
    -------
    Floats
        (..., t).
    """
    decay = np.exp(-2 * column(mean_rate) * np.asarray(times, np.float64))
    loss: Floats = column(mean_square) * decay / 2 + difference_loss(curves, pair)
    return loss


def difference_loss(curves: Curves, pair: Pair) -> Floats:
    """Part of the loss that a right mean output leaves, ``|dy - dy*|^2 / 8``, of shape (..., t)."""
    missing = (column(pair.target_square) - curves.output) / 2
    part: Floats = (curves.misalignment + missing) / 4
    return part


def column(value: Value) -> Floats:
    """Values (...,) as (..., 1), to be broadcast against times."""
    return np.asarray(value, dtype=np.float64)[..., None]
