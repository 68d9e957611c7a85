"""The third rate, of the mean output, from the course of the training loss."""

import numpy as np
from numpy.typing import ArrayLike

from repatlas.errors import InputError
from repatlas.theory.effective import Curves, Floats, Pair, difference_loss, loss_curve
from repatlas.theory.minimise import minimise

GUESSES = 50
"""Rates that are tried, from one over ten times the run to one over a third of a step."""


def fit_mean_rate(
    loss: ArrayLike, curves: Curves, pair: Pair, *, times: ArrayLike | None = None
) -> float:
    """Fit ``eta_mean`` to a training loss by least squares.

    ``loss_curve`` with it is the theory's loss. Its ``M0`` is what the first loss has above the
    part of the difference (``initial_mean_square``), so that the theory starts where training did.

    Parameters
    ----------
    loss
        (t,) half the squared error, averaged over both points, before each update.
    curves
        (t,) of the pair, as the theory predicts them.
    pair
        The two points.
    times
        (t,) increasing; 0, 1, ... t - 1 by default.

    Returns
    -------
    float
        Over the unit of the times; NaN if the mean output was right from the start.

    Raises
    ------
    InputError
        Losses, curves and times are not of the same samples, or a loss is not finite.
    """
    values = np.asarray(loss, dtype=np.float64)
    at = np.arange(len(values)) if times is None else np.asarray(times, dtype=np.float64)
    if values.shape != curves.hidden.shape or at.shape != values.shape:
        raise InputError(
            f"a loss {values.shape} does not fit curves {curves.hidden.shape} at {at.size} times"
        )
    if not np.isfinite(values).all():
        raise InputError("a loss to be fitted is not finite: did training fail?")
    since, square = at - at[0], initial_mean_square(values[0], curves, pair)
    if square <= 0:
        return float("nan")

    def residuals(log: Floats) -> Floats:
        rate = float(np.exp(log[0]))
        model = loss_curve(curves, pair, mean_square=square, mean_rate=rate, times=since)
        found: Floats = (model - values) / square
        return found

    guesses = np.log(np.geomspace(0.1 / since[-1], 3 / np.diff(since).min(), GUESSES))
    best = min(guesses, key=lambda log: float((residuals(np.array([log])) ** 2).sum()))
    return float(np.exp(minimise(residuals, np.array([best])).x[0]))


def initial_mean_square(first_loss: float, curves: Curves, pair: Pair) -> float:
    """``M0``, the squared distance of the mean output from the mean target before training.

    Parameters
    ----------
    first_loss
        Half the squared error, averaged over both points.
    curves
        (t,), of which the first sample is used.
    pair
        The two points.
    """
    return 2 * float(first_loss - difference_loss(curves, pair)[0])
