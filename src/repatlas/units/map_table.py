"""Sparse maps as rows of their record: one for each predicted unit and strength."""

from typing import Any

import numpy as np

from repatlas.units.live_units import LiveUnits
from repatlas.units.moments import Floats
from repatlas.units.sparse_maps import ScoredMaps


def map_columns(
    first: LiveUnits, second: LiveUnits, units: int, scored: ScoredMaps
) -> dict[str, Any]:
    """Columns of `repatlas.units.results.SparseMaps` for maps of one strength.

    Parameters
    ----------
    first, second
        p predicting and q predicted live units.
    units
        Number of units of the predicted network, dead ones included: the C of the paper's decay.
    scored
        The maps.

    Returns
    -------
    dict
        Arrays (q,), or a single value where all rows have the same.
    """
    alpha, weights = scored.maps.alpha, scored.maps.weights
    return {
        "first": first.network,
        "second": second.network,
        "alpha": alpha,
        "decay": alpha / units,
        "unit": second.units,
        "predictors": np.count_nonzero(weights, axis=0),
        "weight_sum": np.abs(weights).sum(axis=0),
        "top_share": top_share(weights, 1),
        "top_three_share": top_share(weights, 3),
        "train_error": scored.train_errors,
        "heldout_error": scored.heldout_errors,
        "shuffled_error": scored.shuffled_errors,
        "gap": scored.maps.gaps,
    }


def top_share(weights: Floats, count: int) -> Floats:
    """Share (q,) that the largest weights of each column (p, q) have of its L1 norm; NaN for 0."""
    sizes = np.sort(np.abs(weights), axis=0)[::-1]
    total = sizes.sum(axis=0)
    share = np.full(len(total), np.nan)
    np.divide(sizes[:count].sum(axis=0), total, out=share, where=total > 0)
    return share
