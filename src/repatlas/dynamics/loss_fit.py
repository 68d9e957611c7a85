"""The training loss of a followed pair, as the effective theory has it."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from repatlas.theory.effective import Curves, Pair, difference_loss, loss_curve
from repatlas.theory.mean_rate import fit_mean_rate, initial_mean_square

Floats = NDArray[np.float64]

SLACK = 0.01
"""Part of the first loss by which the squared error of the mean output may differ from what that
loss leaves to it; float32 makes a ten-thousandth of it."""


class LossFit(NamedTuple):
    """A loss with its third rate, of the mean output.

    Attributes
    ----------
    rate
        Over the unit of the times; NaN if the mean output was right from the start.
    error
        Root mean squared error over the range of the loss.
    course
        (t,) of the theory.
    """

    rate: float
    error: float
    course: Floats

    @classmethod
    def absent(cls, count: int) -> Self:
        """Nothing, at so many times."""
        return cls(np.nan, np.nan, np.full(count, np.nan))


def fit_loss(
    loss: Floats, mean_error: float, predicted: Curves, pair: Pair, times: NDArray[np.integer]
) -> LossFit:
    """Fit the rate of the mean output to a loss.

    Parameters
    ----------
    loss
        (t,) half the squared error, mean over all that is learnt.
    mean_error
        Squared distance of the mean output of the pair from their mean target, at first.
    predicted
        (t,) course of the pair, by the theory.
    pair
        The two points.
    times
        (t,).

    Returns
    -------
    LossFit
        Absent where the first loss is not that of the pair: more than the pair is learnt, which
        the theory does not tell.
    """
    square = initial_mean_square(float(loss[0]), predicted, pair)
    if abs(square - mean_error) > SLACK * loss[0]:
        return LossFit.absent(len(loss))
    rate = fit_mean_rate(loss, predicted, pair, times=times)
    course = difference_loss(predicted, pair)
    if np.isfinite(rate):
        since = times - times[0]
        course = loss_curve(predicted, pair, mean_square=square, mean_rate=rate, times=since)
    spread = np.ptp(loss)
    error = np.sqrt(np.mean((course - loss) ** 2)) / spread if spread else np.nan
    return LossFit(rate, float(error), course)
