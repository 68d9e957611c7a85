"""Whether theory foretells final distances of pairs that had no part in its fit.

Rates come from other networks, on one pair (van Rossem and Saxe 2024). A grid of pairs counts as
rich or lazy by what theory says of its networks, of all seeds together: by the parts of the
distance that the task and the start set.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import UnavailableError
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.universality import measured, together
from repatlas.dynamics.findings import FinalDistances

Regime = Literal["rich", "middle", "lazy"]

APART = 2.0
"""Factor by which one part outweighs the other in the rich, and in the lazy regime."""

LEAST_PAIRS = 4
"""Pairs without which a seed says nothing."""

TOO_FEW = f"fewer than {LEAST_PAIRS} pairs are learnt"


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Learnt pairs (m,) of one seed of a grid."""

    grid: str
    seed: int
    measured: Array
    predicted: Array
    unaligned: Array
    start: Array
    a_high: Array
    a_low: Array

    def where(self, chosen: Array) -> "_Pairs":
        """Some of the pairs."""
        parts = {name: getattr(self, name)[chosen] for name in PARTS}
        return _Pairs(self.grid, self.seed, **parts)


PARTS = ("measured", "predicted", "unaligned", "start", "a_high", "a_low")


@statistic
def foretold_correlation(evidence: Evidence, *, regime: Regime) -> Measurement:
    """Correlation, over pairs, of foretold and measured final hidden distance.

    "When Representations Align", final representational distance.

    Parameters
    ----------
    evidence
        Results of the study.
    regime
        Of which grids.
    """

    def correlation(pairs: _Pairs) -> float:
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(np.corrcoef(pairs.predicted, pairs.measured)[0, 1])

    return _each(evidence, regime, correlation, null=0.0)


@statistic
def foretold_r2(evidence: Evidence, *, regime: Regime) -> Measurement:
    """Part of the variance of final hidden distances, over pairs, that is foretold.

    "When Representations Align", final representational distance. R2 against the identity: no line
    is fitted.

    Parameters
    ----------
    evidence
        Results of the study.
    regime
        Of which grids.
    """

    def explained(pairs: _Pairs) -> float:
        left = np.square(pairs.measured - pairs.predicted).sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(1 - left / np.square(pairs.measured - pairs.measured.mean()).sum())

    return _each(evidence, regime, explained, null=0.0)


@statistic
def distance_from_limit(
    evidence: Evidence, *, regime: Regime, limit: Literal["task", "start"]
) -> Measurement:
    """Mean distance of final squared hidden distances from what task or start alone would give.

    "When Representations Align", structured and random regime. As natural logarithms, over pairs
    with different targets.

    Parameters
    ----------
    evidence
        Results of the study.
    regime
        Of which grids.
    limit
        The ``task``: root of the ratio of rates times both distances; or the ``start``.
    """

    def distance(pairs: _Pairs) -> float:
        known = pairs.a_low if limit == "task" else pairs.start
        return _log_distance(pairs, known)

    return _each(evidence, regime, distance)


@statistic
def unaligned_gain(evidence: Evidence, *, regime: Regime) -> Measurement:
    """How much nearer the exact form comes than the one that assumes motion along the difference.

    Difference of mean distances of natural logarithms, over pairs with different targets; above 0
    if the exact form is better.

    Parameters
    ----------
    evidence
        Results of the study.
    regime
        Of which grids.
    """

    def gain(pairs: _Pairs) -> float:
        return _log_distance(pairs, pairs.predicted) - _log_distance(pairs, pairs.unaligned)

    return _each(evidence, regime, gain, null=0.0)


@statistic
def identical_target_error(evidence: Evidence, *, regime: Regime) -> Measurement:
    """Distance of final from foretold squared hidden distance, of points with the same target.

    "When Representations Align", final representational distance. In units of the distance at the
    start.

    Parameters
    ----------
    evidence
        Results of the study.
    regime
        Of which grids.
    """
    parts = []
    for pairs in _of_regime(evidence, regime):
        same = pairs.where(pairs.a_low == 0)
        value = np.nan
        if len(same.measured):
            value = float(np.mean(abs(same.measured - same.predicted) / same.start))
        parts.append(measured(pairs.grid, [pairs.seed], np.array([value]), "no such pair"))
    return together(parts)


def _each(
    evidence: Evidence, regime: Regime, value: Callable[[_Pairs], float], null: float | None = None
) -> Measurement:
    """One value a seed of a grid in the regime."""
    parts = []
    for pairs in _of_regime(evidence, regime):
        enough = len(pairs.measured) >= LEAST_PAIRS
        values = np.array([value(pairs) if enough else np.nan])
        parts.append(measured(pairs.grid, [pairs.seed], values, TOO_FEW, null))
    return together(parts)


def _of_regime(evidence: Evidence, regime: Regime) -> Iterator[_Pairs]:
    found = [
        pairs
        for name, grid in evidence.universality.grids().items()
        if _regime(grid) == regime
        for pairs in _by_seed(name, grid)
    ]
    if not found:
        raise UnavailableError(f"this study has no grid of pairs in the {regime} regime")
    return iter(found)


def _regime(grid: FinalDistances) -> Regime:
    """By the learnt pairs with different targets; lazy where there are none."""
    apart = grid.converged & (grid.a_low > 0)
    share = float(np.median(grid.a_high[apart] / grid.a_low[apart])) if apart.any() else np.inf
    if abs(share) < 1 / APART:
        return "rich"
    return "lazy" if share > APART else "middle"


def _by_seed(name: str, grid: FinalDistances) -> Iterator[_Pairs]:
    """Learnt pairs, seed by seed; in the file all pairs of a seed stand together."""
    count, first = int(grid.settings["replicas"]), int(grid.settings["seed"])
    tables = {part: getattr(grid, part).astype(np.float64).reshape(count, -1) for part in PARTS} | {
        "learnt": grid.converged.reshape(count, -1)
    }
    for number in range(count):
        rows = {part: table[number] for part, table in tables.items()}
        learnt = rows.pop("learnt") & np.isfinite(rows["measured"])
        yield _Pairs(name, first + number, **rows).where(learnt)


def _log_distance(pairs: _Pairs, known: Array) -> float:
    apart = pairs.a_low > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(abs(np.log(pairs.measured[apart] / known[apart]))))
