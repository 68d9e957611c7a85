"""Equations of the effective theory, and of its variants, solved step by step."""

import warnings

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import ODEintWarning, odeint

from repatlas.theory.checks import check_distances, check_misalignment
from repatlas.theory.decay import TINY
from repatlas.theory.effective import (
    TERMS,
    Curves,
    Floats,
    Pair,
    Rates,
    Start,
    Terms,
    Variant,
    velocity,
)

RELATIVE = 1e-8
"""Tolerance of the solver, as a part of each variable."""

SMALL = 1e-16
"""Tolerance of h and y, as a part of where they start."""

MISALIGNMENT = 1e-12
"""Tolerance of w, which goes to 0, as a part of the squared target or output distance."""

MOST_STEPS = 5000
"""Steps of the solver between two times."""


def integrate(
    pair: Pair,
    rates: Rates,
    start: Start,
    times: ArrayLike,
    variant: Variant | None = None,
    *,
    relative: float = RELATIVE,
    most_steps: int = MOST_STEPS,
) -> Curves:
    """Course of a pair by LSODA, which changes to a stiff method where it must.

    The theory itself has a solution in closed form (``solution.solve_pair``), which is faster; the
    variants have not. ``odeint`` steps in compiled code, ten times as fast as ``solve_ivp``, which
    takes its steps in Python.

    Parameters
    ----------
    pair, rates, start
        All of shape (...,), broadcast; each is integrated by itself.
    times
        (t,) increasing; the start is at the first.
    variant
        Equations with a term changed; None for the theory.
    relative
        Tolerance.
    most_steps
        Steps between two times after which the solver gives up.

    Returns
    -------
    Curves
        (..., t). NaN throughout where the solver broke down: ``h`` came to 0, where the equations
        are singular (an over-strong decoder with outputs that point the wrong way, or a variant).

    Raises
    ------
    InputError
        A distance or the misalignment is one that no pair has.
    """
    check_distances(pair, start)
    check_misalignment(pair, start)
    moments = np.asarray(times, dtype=np.float64)
    encoder = np.asarray(rates.hidden) * pair.input_square
    values = np.broadcast_arrays(
        start.hidden, start.output, start.misalignment, encoder, rates.output, pair.target_square
    )
    flat = np.stack([value.ravel() for value in values], axis=1).astype(np.float64)
    courses = [_course(row, moments, TERMS[variant], relative, most_steps) for row in flat]
    shaped = np.stack(courses).reshape(*values[0].shape, len(moments), 3)
    return Curves(*np.moveaxis(shaped, -1, 0))


def _course(row: Floats, times: Floats, terms: Terms, relative: float, most_steps: int) -> Floats:
    """Course (t, 3) of one pair."""
    h, y, w, encoder, decoder, square = row.tolist()

    def change(_: float, state: Floats) -> tuple[object, ...]:
        now = state.tolist()
        if not now[0] > 0:
            return (np.nan, np.nan, np.nan)
        return velocity((now[0], now[1], now[2]), encoder, decoder, square, terms)

    # h and y may be many orders below where they end, and change at rates that they set.
    absolute = [SMALL * h, SMALL * y + TINY, MISALIGNMENT * max(square, y)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ODEintWarning)
        course, info = odeint(
            change,
            [h, y, w],
            times,
            tfirst=True,
            rtol=relative,
            atol=absolute,
            mxstep=most_steps,
            full_output=True,
        )
    broken = info["message"] != "Integration successful." or not np.isfinite(course).all()
    return np.full_like(course, np.nan) if broken else course
