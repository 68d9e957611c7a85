"""Rates from which a fit may start, from a scan of the whole theory."""

import itertools

import numpy as np

from repatlas.theory.effective import Floats, Rates, Value, Variant
from repatlas.theory.objective import Measured, errors

SAMPLES = 100
"""Times at which a scan looks."""

SPEEDS = 100
"""Speeds that are tried for each ratio of the rates."""

AROUND = np.array([0.1, 0.3, 1.0, 3.0, 10.0])
"""Factors about each estimate of the ratio of the rates: runs may end before they settle."""

LIKELY = 8
"""Best rates of the theory around which a variant is tried."""

VARIED = np.array([0.3, 1.0, 3.0])
"""Factors about each of those: a variant doubles a term at most."""


def scan(measured: Measured, scale: Floats, count: int, variant: Variant | None = None) -> Floats:
    """Best rates of a grid, (count, 2) of encoder and decoder, best first.

    The authors invert the rich limit for the ratio, ``eta_h / eta_y = h(T)^2 / (|dx|^2 |dy*|^2)``,
    and scan the decoder's rate over a logarithmic grid of a fixed extent. Here the estimates of
    other regimes are added, and the grid is one of speeds, from a tenth of the run to a third of
    the shortest step, so that no unit of time or distance changes what is found. Of each ratio the
    best speed counts. A variant, which has to be integrated, is tried around these.

    Parameters
    ----------
    measured
        What is to be fitted.
    scale
        (3,), errors are divided by it.
    count
        Number of rates that are asked for.
    variant
        Equations with a term changed; None for the theory.
    """
    few = measured.every(SAMPLES)
    grid = _grid(few, measured)
    losses = _losses(few, grid, scale, None)
    rows, best = np.arange(len(losses)), losses.argmin(axis=1)
    order = np.argsort(losses[rows, best], kind="stable")
    found = grid[:, order, best[order]]
    if variant is not None:
        moves = np.array(list(itertools.product(VARIED, repeat=2))).T
        found = (found[:, :LIKELY, None] * moves[:, None]).reshape(2, -1)
        found = found[:, np.argsort(_losses(few, found, scale, variant), kind="stable")]
    return found[:, :count].T


def _losses(few: Measured, rates: Floats, scale: Floats, variant: Variant | None) -> Floats:
    """Mean squared errors (...,) of rates (2, ...)."""
    predicted = few.predicted(Rates(*rates), variant)
    losses: Floats = (errors(few, predicted, scale) ** 2).mean(axis=(0, -1))
    return losses


def _grid(few: Measured, measured: Measured) -> Floats:
    """Rates (2, ratios, speeds) of encoder and decoder."""
    run, step = np.ptp(measured.times), np.diff(measured.times).min()
    speeds = np.geomspace(0.1 / run, 3 / step, SPEEDS)
    ratios, start = _ratios(measured), few.start
    initial = start.hidden - ratios * start.output / start.hidden
    root = np.hypot(initial, 2 * np.sqrt(ratios * few.pair.target_square))
    output = 2 * speeds / np.where(root > 0, root, start.hidden)[:, None]
    return np.stack([output * ratios[:, None] / few.pair.input_square, output])


def _ratios(measured: Measured) -> Floats:
    """Values of ``eta_h |dx|^2 / eta_y`` that may be near."""
    start, last = measured.start, measured.curves.hidden[-1]
    square = measured.pair.target_square
    estimates = [
        # The rich limit.
        _over(last**2, square),
        # Layers in balance at the start.
        _over(start.hidden**2, start.output),
        # A start that training changes by a hundredth.
        _over(0.01 * start.hidden**2, square),
        # The final distance as measured, in any regime.
        _over(last * (last - start.hidden), square - start.output / start.hidden * last),
    ]
    usable = [value for value in estimates if np.isfinite(value) and value > 0]
    return np.unique(np.outer(usable or [1.0], AROUND))


def _over(above: Value, below: Value) -> float:
    """A quotient; NaN where it has no use."""
    return float(above / below) if below else np.nan
