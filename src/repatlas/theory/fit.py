"""Two effective rates, fitted to the course of a pair (van Rossem and Saxe 2024).

The start is measured and not fitted. The authors minimise the sum of squared errors, in which the
hidden distance, being small, hardly counts, over the rates themselves; that fit runs away where a
rate has no effect. Here logarithms of rates are fitted, errors are taken over the range of each
curve, and it is said which rate the course tells.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from repatlas.errors import InputError
from repatlas.theory.checks import check_distances, check_misalignment
from repatlas.theory.effective import Curves, Floats, Pair, Rates, Variant
from repatlas.theory.guess import scan
from repatlas.theory.identify import Identified, identify
from repatlas.theory.minimise import minimise
from repatlas.theory.objective import Measured, Objective, errors, paper_loss, range_loss, scales

SAMPLES = 1000
"""Samples, evenly spread over the run, that a fit looks at; losses are taken over all."""

STARTS = 3
"""Guesses from which a fit goes on."""

FEWEST = 4
"""Samples of a course that two rates can be fitted to."""

FURTHEST = np.log(1e4)
"""Furthest that a rate may go from its guess: one without effect would go on for ever."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Rates of one course.

    Attributes
    ----------
    rates
        As fitted, over the unit of the times; ``mean`` is NaN.
    predicted
        (t,) curves of the theory at all times.
    loss
        Squared errors over the range of each curve, averaged over curves and samples.
    paper_loss
        Squared errors, summed over curves and samples: the paper's fit loss.
    hidden, output
        How well the course tells each rate.
    """

    rates: Rates
    predicted: Curves
    loss: float
    paper_loss: float
    hidden: Identified
    output: Identified

    @property
    def identifiable(self) -> bool:
        """Whether the course tells both rates."""
        return self.hidden.identifiable and self.output.identifiable


def fit_rates(
    curves: Curves,
    pair: Pair,
    *,
    times: ArrayLike | None = None,
    objective: Objective = "range",
    variant: Variant | None = None,
) -> Fit:
    """Fit the rates of encoder and decoder.

    Parameters
    ----------
    curves
        (t,) of one pair, four samples or more, the first before training.
    pair
        Numbers.
    times
        (t,) increasing, in the unit that the rates are to have; 0, 1, ... t - 1 by default.
    objective
        ``range`` for errors over the range of each curve, ``paper`` for errors as they are.
    variant
        Equations with a term changed; None for the theory.

    Raises
    ------
    InputError
        Curves hold values that are not finite, are too short or do not fit the times; or the first
        sample is one that no pair has.
    """
    measured = _measured(curves, pair, times)
    scale, few = scales(curves, objective), measured.every(SAMPLES)

    def predict(course: Measured, logs: Floats) -> Curves:
        return course.predicted(Rates(*np.exp(logs)), variant)

    def residuals(logs: Floats) -> Floats:
        return errors(few, predict(few, logs), scale).ravel()

    guesses = scan(measured, scale, STARTS, variant)
    found = min(
        (minimise(residuals, np.log(guess), FURTHEST) for guess in guesses),
        key=lambda result: result.cost,
    )
    rates = Rates(*(float(rate) for rate in np.exp(found.x)))
    predicted = measured.predicted(rates, variant)
    return Fit(
        rates,
        predicted,
        range_loss(measured, predicted),
        paper_loss(measured, predicted),
        *identify(few, found.x, predict, found.jac),
    )


def _measured(curves: Curves, pair: Pair, times: ArrayLike | None) -> Measured:
    """Curves with their times, or what is wrong with them."""
    count = curves.hidden.shape[-1]
    at = np.arange(count) if times is None else np.asarray(times)
    if curves.hidden.ndim != 1 or at.shape != (count,) or count < FEWEST:
        raise InputError(
            f"curves of shape {curves.hidden.shape} at {at.size} times cannot be fitted: "
            f"give one pair, with {FEWEST} samples or more and a time for each"
        )
    if not np.isfinite(curves.stacked()).all():
        raise InputError("curves to be fitted hold values that are no numbers: did training fail?")
    if not (np.diff(at) > 0).all():
        raise InputError("times of the curves to be fitted do not increase")
    check_distances(pair, curves.start)
    check_misalignment(pair, curves.start)
    return Measured(Curves(*curves.stacked().astype(np.float64)), pair, at.astype(np.float64))
