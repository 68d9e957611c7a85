"""How far apart two representations end, and what decides it (van Rossem and Saxe 2024).

The final distance has two parts: one that the initial weights set and training keeps, which the
authors call ``A_high`` since it rules at high initial weights, and one that the task sets,
``A_low``, which rules at low ones. Both are squared hidden distances.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from repatlas.theory.checks import check_distances, check_rates
from repatlas.theory.effective import Floats, Pair, Rates, Start

Regime = Literal["rich", "lazy", "contracting", "identical"]


def initial_part(pair: Pair, rates: Rates, start: Start) -> Floats:
    """``A_high = h0 - (eta_h |dx|^2 / eta_y) y0 / h0``, of shape (...,).

    Below 0 where the decoder is stronger than the encoder.

    Raises
    ------
    InputError
        A distance or a rate is impossible.
    """
    check_distances(pair, start)
    check_rates(rates)
    hidden = np.asarray(start.hidden, dtype=np.float64)
    part: Floats = hidden - _ratio(pair, rates) * np.asarray(start.output) / hidden
    return part


def task_part(pair: Pair, rates: Rates) -> Floats:
    """``A_low = sqrt(eta_h / eta_y) |dx| |dy*|``, of shape (...,).

    Raises
    ------
    InputError
        A rate is not above 0.
    """
    check_rates(rates)
    part: Floats = np.sqrt(_ratio(pair, rates) * np.asarray(pair.target_square))
    return part


def final_distance(pair: Pair, rates: Rates, start: Start) -> Floats:
    """Squared hidden distance after training: ``A_high / 2 + sqrt(A_high^2 / 4 + A_low^2)``.

    It does not depend on the misalignment at the start. The authors note two limits, and there are
    two more: ``A_low`` free of the start (rich, ``|A_high| << A_low``); ``h0 + A_low^2 / h0``
    (lazy, ``A_high >> A_low``); ``A_low^2 / |A_high|``, a contraction (``A_high << -A_low``); and
    for identical targets ``max(A_high, 0)``, so that points merge if and only if ``A_high < 0``.

    Parameters
    ----------
    pair, rates, start
        All of shape (...,), broadcast.

    Returns
    -------
    Floats
        (...,), 0 or more.

    Raises
    ------
    InputError
        A distance or a rate is impossible.
    """
    return _larger_root(initial_part(pair, rates, start), task_part(pair, rates))


def regimes(pair: Pair, rates: Rates, start: Start) -> NDArray[np.str_]:
    """Regime of each pair, (...,).

    ``identical`` where the targets are. Else by whichever part of the final distance is larger:
    ``rich`` where ``|A_high| <= A_low``, ``lazy`` where ``A_high`` is above, ``contracting`` where
    ``A_high`` is below ``-A_low``. The limits hold far from these borders.

    Raises
    ------
    InputError
        A distance or a rate is impossible.
    """
    initial, task = np.broadcast_arrays(initial_part(pair, rates, start), task_part(pair, rates))
    names: dict[Regime, NDArray[np.bool_]] = {
        "identical": task == 0,
        "lazy": initial > task,
        "contracting": initial < -task,
    }
    chosen: NDArray[np.str_] = np.select(list(names.values()), list(names), "rich")
    return chosen


def _ratio(pair: Pair, rates: Rates) -> Floats:
    """``eta_h |dx|^2 / eta_y``."""
    ratio: Floats = np.asarray(rates.hidden, np.float64) * pair.input_square / rates.output
    return ratio


def _larger_root(initial: Floats, task: Floats) -> Floats:
    """Larger root of ``x^2 - initial x - task^2``, in the form that does not cancel."""
    larger = np.hypot(initial / 2, task) + np.abs(initial) / 2
    smaller = np.divide(task**2, larger, out=np.zeros(larger.shape), where=larger > 0)
    root: Floats = np.where(initial >= 0, larger, smaller)
    return root
