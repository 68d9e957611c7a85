"""What the figure of a sparse map shows of it: order of its rows, and units with predictors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.units.results import SparseMaps

STRONGEST = 3
"""Predictors shown of a unit, as in the paper."""


@dataclass(frozen=True)
class Target:
    """A predicted unit with its strongest predictors.

    Attributes
    ----------
    unit, error
        Its number, and its held-out error.
    predictors
        How many units have a weight other than 0.
    strongest
        Unit and weight of its strongest predictors, the largest weight in size first.
    """

    unit: int
    error: float
    predictors: int
    strongest: tuple[tuple[int, float], ...]


def at_shown_strength(record: SparseMaps) -> NDArray[np.bool_]:
    """(m,) rows of all pairs of networks in the layer and at the strength of the map shown."""
    own: NDArray[np.bool_] = record.layer == record.shown_layer
    return own & np.isclose(record.alpha, record.shown_alpha, rtol=1e-9, atol=0)


def row_order(weights: NDArray[np.floating]) -> NDArray[np.intp]:
    """(q,) predicted units of weights (p, q) by their strongest predictor, without one last."""
    sizes = np.abs(weights)
    strongest = np.where(sizes.max(axis=0, initial=0) > 0, sizes.argmax(axis=0), len(sizes))
    return np.lexsort((-sizes.max(axis=0, initial=0), strongest))


def targets(record: SparseMaps, count: int) -> list[Target]:
    """Units with predictors, evenly spread from the best predicted to the worst.

    For a count of 2 those a quarter of the way from either end: neither the best nor the worst.
    """
    own = at_shown_strength(record) & (record.first == record.shown_first)
    rows = np.flatnonzero(own & (record.second == record.shown_second) & (record.predictors > 0))
    rows = rows[np.argsort(record.heldout_error[rows], kind="stable")]
    count = min(count, len(rows))
    places = ((np.arange(count) + 0.5) / max(count, 1) * len(rows)).astype(int)
    return [_target(record, int(row)) for row in rows[places]]


def _target(record: SparseMaps, row: int) -> Target:
    unit = int(record.unit[row])
    weights = record.shown_weights[:, unit]
    known = np.flatnonzero(weights)
    strongest = known[np.argsort(-np.abs(weights[known]), kind="stable")][:STRONGEST]
    return Target(
        unit,
        error=float(record.heldout_error[row]),
        predictors=int(record.predictors[row]),
        strongest=tuple((int(one), float(weights[one])) for one in strongest),
    )
