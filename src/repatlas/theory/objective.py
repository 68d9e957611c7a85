"""How far the theory's curves are from measured ones."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from repatlas.theory.effective import Curves, Floats, Pair, Rates, Start, Variant
from repatlas.theory.integrate import integrate
from repatlas.theory.solution import evaluate

Objective = Literal["range", "paper"]
"""Errors over the range of each curve, or as they are (van Rossem and Saxe 2024)."""

STILL = 1e-3
"""Part of a curve's largest value under which its range counts as rounding, not movement."""

TOLERANCE = 1e-6
"""Of the solver of variants: a hundredth of it changes errors of fits by a hundred-thousandth."""

BROKEN = 100.0
"""Error, over a curve's range, of a variant that has no solution for some rates."""


@dataclass(frozen=True, eq=False)
class Measured:
    """One pair of a trained network.

    Attributes
    ----------
    curves
        (t,) as measured.
    pair
        The two points.
    times
        (t,) increasing.
    """

    curves: Curves
    pair: Pair
    times: Floats

    @property
    def start(self) -> Start:
        """Measured at the first time, and not fitted."""
        return self.curves.start

    def every(self, count: int) -> "Measured":
        """About ``count`` samples at even distances, the first and the last among them."""
        at = np.unique(np.linspace(0, len(self.times) - 1, count).round().astype(int))
        curves = Curves(*self.curves.stacked()[:, at])
        return Measured(curves, self.pair, self.times[at])

    def first(self, count: int) -> "Measured":
        """The first samples, all if there are fewer."""
        curves = Curves(*self.curves.stacked()[:, :count])
        return Measured(curves, self.pair, self.times[:count])

    def predicted(self, rates: Rates, variant: Variant | None = None) -> Curves:
        """Course that the theory, or a variant, has from the measured start, (..., t)."""
        if variant is None:
            return evaluate(self.pair, rates, self.start, self.times - self.times[0])
        pair, start, times = self.pair, self.start, self.times
        return integrate(pair, rates, start, times, variant, relative=TOLERANCE, most_steps=500)


def curve_ranges(curves: Curves) -> Floats:
    """Range of h, y and w, (3,), above 0; a thousandth of the largest value if they stand still."""
    stacked = curves.stacked()
    ranges = np.ptp(stacked, axis=-1)
    floors = STILL * peaks(curves)
    return np.maximum(ranges, floors)


def peaks(curves: Curves) -> Floats:
    """Largest absolute value of h, y and w, (3,), 1 where a curve is 0."""
    largest = np.abs(curves.stacked()).max(axis=-1)
    return np.where(largest > 0, largest, 1.0)


def scales(curves: Curves, objective: Objective) -> Floats:
    """What errors of h, y and w are divided by, (3,)."""
    return curve_ranges(curves) if objective == "range" else np.ones(3)


def errors(measured: Measured, predicted: Curves, scale: Floats) -> Floats:
    """Differences over ``scale`` (3,), (3, ..., t); large where there is no prediction."""
    shape = (3,) + (1,) * predicted.hidden.ndim
    found = predicted.stacked() - _between(measured.curves.stacked(), predicted)
    broken = BROKEN * curve_ranges(measured.curves).reshape(shape)
    found = np.where(np.isfinite(found), found, broken)
    difference: Floats = found / scale.reshape(shape)
    return difference


def paper_loss(measured: Measured, predicted: Curves) -> float:
    """The paper's fit loss: squared errors of h, y and w, summed over curves and samples.

    It grows with the number of samples and with the size of the curves.
    """
    return float((errors(measured, predicted, np.ones(3)) ** 2).sum())


def range_loss(measured: Measured, predicted: Curves) -> float:
    """Squared errors over the range of each curve, averaged over curves and samples.

    It does not change with the number of samples, nor with the units of any curve.
    """
    scale = curve_ranges(measured.curves)
    return float((errors(measured, predicted, scale) ** 2).mean())


def _between(stacked: Floats, predicted: Curves) -> Floats:
    """Measured curves (3, t) as (3, 1, ..., t), to be set against predictions of many rates."""
    return stacked.reshape(3, *(1,) * (predicted.hidden.ndim - 1), -1)
