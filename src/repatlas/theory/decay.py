"""Exponential decay and its integral, also at rate 0."""

import numpy as np

from repatlas.theory.effective import Floats

TINY = 1e-300
"""Rate that stands for 0."""


def decay(rate: Floats, times: Floats) -> tuple[Floats, Floats]:
    """``exp(-rate t)`` and its integral from 0, ``(1 - exp(-rate t)) / rate``, t at rate 0.

    Parameters
    ----------
    rate
        0 or more, to be broadcast against times.
    times
        (t,), 0 or more.
    """
    some = np.maximum(rate, TINY)
    fallen = -np.expm1(-some * times)
    return 1 - fallen, fallen / some
