"""Fits the coefficients of requests to what jobs took."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog

from repatlas.workflow.resources.coefficients import Coefficients, Line, RuleCoefficients
from repatlas.workflow.resources.comparison import memory_of, minutes_of
from repatlas.workflow.resources.measured import MeasuredJob, Measurement

LEAST_MB, LEAST_MINUTES = 400.0, 10.0
"""No job is asked for with less: libraries that are imported, and a busy file system."""

STEP_MB, STEP_MINUTES = 10.0, 1.0
"""Bases are rounded up to multiples."""

VISIBLE = 0.25
"""Jobs whose sizes should make a difference of this share of the largest tell of the factor."""

LEAST_SIZES = 5
"""So many different sizes at least tell of the factor."""

MOST_CHANGE = 4.0
"""One calibration changes a factor by no more: larger jobs are told from smaller ones only so far.
"""


def fit(coefficients: Coefficients, jobs: Sequence[MeasuredJob]) -> Coefficients:
    """Coefficients with which every job is asked for with a margin over what it took.

    Parameters
    ----------
    coefficients
        The present ones, with the margins. Rules of which there is no job keep theirs.
    jobs
        Finished jobs of these rules.
    """
    rules = {
        rule: _fit_rule(known, [job for job in jobs if job.rule == rule], coefficients)
        for rule, known in coefficients.rules.items()
    }
    return coefficients.model_copy(update={"rules": rules})


def _fit_rule(
    known: RuleCoefficients, jobs: Sequence[MeasuredJob], coefficients: Coefficients
) -> RuleCoefficients:
    margin = coefficients.margin
    return RuleCoefficients(
        memory=fit_line(known.memory, memory_of(jobs), margin.memory, LEAST_MB, STEP_MB),
        minutes=fit_line(
            known.minutes, minutes_of(jobs), margin.minutes, LEAST_MINUTES, STEP_MINUTES
        ),
    )


def fit_line(
    known: Line, found: Sequence[Measurement], margin: float, least: float, step: float
) -> Line:
    """The lowest line that lies so many times above everything that was measured.

    Its factor is fitted only where the present one lets several measured jobs differ visibly, and
    then within `MOST_CHANGE`; small or few jobs say nothing of it, and the physical one stays. The
    base of jobs without sizes is only raised: nothing tells how larger ones differ.

    Parameters
    ----------
    known
        The present line.
    found
        What was measured; without any, the present line stays.
    margin
        Least ratio of the line to what was measured.
    least
        Least base.
    step
        The base is rounded up to a multiple.
    """
    if not found:
        return known
    sizes = np.array([one.size for one in found])
    wanted = margin * np.array([one.used for one in found])
    factor = known.factor
    visible = known.factor * np.ptp(sizes) >= VISIBLE * wanted.max()
    if visible and len(np.unique(sizes)) >= LEAST_SIZES:
        factor = _rounded_up(_factor(sizes, wanted, known.factor))
    base = max(least, float((wanted - factor * sizes).max()))
    if not sizes.any():
        base = max(base, known.base)
    return Line(base=step * math.ceil(base / step), factor=factor)


def _factor(
    sizes: np.ndarray[tuple[int], np.dtype[np.float64]],
    wanted: np.ndarray[tuple[int], np.dtype[np.float64]],
    known: float,
) -> float:
    """Factor of the line above all points that asks for least in sum."""
    lines = np.column_stack([np.ones_like(sizes), sizes])
    limits = [(0, None), (known / MOST_CHANGE, known * MOST_CHANGE)]
    solution = linprog(lines.sum(axis=0), A_ub=-lines, b_ub=-wanted, bounds=limits)
    return float(solution.x[1])


def _rounded_up(value: float) -> float:
    """Two significant digits, not less than the value."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.ceil(value / unit - 1e-9) * unit:.2g}")
