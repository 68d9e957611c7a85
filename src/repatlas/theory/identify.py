"""Whether a course tells a rate at all.

In the lazy regime the hidden distance hardly moves and the encoder's rate has next to no effect: a
fit still returns a number. So each rate is doubled and halved, the other is set to undo as much of
that as it can, and what is left is held against what the theory does not explain of the course.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from repatlas.theory.effective import Curves, Floats
from repatlas.theory.minimise import Residuals, minimise
from repatlas.theory.objective import Measured, errors, peaks

Predict = Callable[[Measured, Floats], Curves]
"""Curves at the times of a course for the logarithms (2,) of both rates."""

FACTORS = (0.5, 2.0)

SETTLED = 0.01
"""Distance from the last value, over the largest one, at which a curve has arrived."""

RESOLUTION = 0.02
"""Root mean squared change of the curves, over their largest values, that the theory can be held
to: what it leaves out (the alignment of the first steps) moves curves by a few hundredths."""


@dataclass(frozen=True)
class Identified:
    """How well a course tells one rate.

    Attributes
    ----------
    curvature
        Second derivative (Gauss-Newton) of the objective, the mean of squared errors each over its
        scale, along the logarithm of the rate, the other rate fitted anew.
    sensitivity
        Least root mean squared change of the curves, over their largest values, that doubling or
        halving the rate makes, whatever the other rate is.
    identifiable
        Whether the sensitivity is above both the misfit of the theory in the same measure and
        ``RESOLUTION``.
    """

    curvature: float
    sensitivity: float
    identifiable: bool


def identify(
    measured: Measured, best: Floats, predict: Predict, jacobian: Floats
) -> tuple[Identified, Identified]:
    """Judge the rates of encoder and decoder.

    Only the part of the course that moves counts, and as much again after it: a run that goes on
    after it has settled tells no less.

    Parameters
    ----------
    measured
        What was fitted.
    best
        (2,) logarithms of the rates.
    predict
        The theory.
    jacobian
        (n, 2) of the n errors that were fitted.
    """
    first, second = profile_curvatures(jacobian)
    moving = measured.first(2 * _arrival(predict(measured, best)) + 2)
    fitted, scale = predict(moving, best), peaks(moving.curves)
    if not np.isfinite(fitted.stacked()).all():
        return Identified(first, 0.0, False), Identified(second, 0.0, False)
    misfit = _size(errors(moving, fitted, scale))
    theory = Measured(fitted, moving.pair, moving.times)

    def change(logs: Floats) -> Floats:
        return errors(theory, predict(theory, logs), scale).ravel()

    def judged(axis: int, curvature: float) -> Identified:
        least = min(_size(least_change(change, best, axis, factor)) for factor in FACTORS)
        return Identified(curvature, least, least > max(misfit, RESOLUTION))

    return judged(0, first), judged(1, second)


def least_change(change: Residuals, best: Floats, axis: int, factor: float) -> Floats:
    """Change of the curves with one rate times a factor and the other where it undoes most."""

    def along(free: Floats) -> Floats:
        point = best + np.log(factor) * (np.arange(2) == axis)
        point[1 - axis] = free[0]
        return change(point)

    remains: Floats = minimise(along, best[[1 - axis]]).fun
    return remains


def profile_curvatures(jacobian: Floats) -> tuple[float, float]:
    """Curvatures of the mean squared error along each rate, the other at its best.

    Parameters
    ----------
    jacobian
        (n, 2) of the n errors.
    """
    hessian = 2 * jacobian.T @ jacobian / len(jacobian)
    determinant = max(float(np.linalg.det(hessian)), 0.0)
    first, second = float(hessian[0, 0]), float(hessian[1, 1])
    return (
        determinant / second if second > 0 else first,
        determinant / first if first > 0 else second,
    )


def _arrival(curves: Curves) -> int:
    """First sample from which all curves stay near their last values."""
    stacked = curves.stacked()
    away = np.abs(stacked - stacked[:, -1:]) > SETTLED * peaks(curves)[:, None]
    moving = np.flatnonzero(away.any(axis=0))
    return int(moving[-1]) + 1 if len(moving) else stacked.shape[1]


def _size(values: Floats) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(values**2)))
