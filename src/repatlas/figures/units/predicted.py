"""Errors and numbers of predictors of sparse maps by layer and strength of the penalty."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from repatlas.units.results import SparseMaps

PAIR = ["first", "second"]
UNEXPLAINED = 0.5
"""Error of a prediction of the mean."""


@dataclass(frozen=True, eq=False)
class PredictedLayer:
    """What maps of a layer reach at each of A strengths, of P ordered pairs of networks.

    Attributes
    ----------
    title
        Of the layer.
    alphas
        (A,) strengths for a unit, rising; 0 is least squares.
    decays
        (A,) as the paper gives them.
    heldout, shuffled
        (A, P) mean held-out error over units, and that of maps found on shuffled images.
    predictors
        (A, P) median number of predictors of a unit.
    """

    title: str
    alphas: NDArray[np.float64]
    decays: NDArray[np.float64]
    heldout: NDArray[np.float64]
    shuffled: NDArray[np.float64]
    predictors: NDArray[np.float64]


def predicted_layers(record: SparseMaps, layers: Sequence[str]) -> list[PredictedLayer]:
    """Summaries of some layers of a record, in their order."""
    table = pd.DataFrame(
        {
            name: getattr(record, name)
            for name in (
                "layer", "first", "second", "alpha", "decay",
                "heldout_error", "shuffled_error", "predictors",
            )
        }
    )  # fmt: skip
    return [_summary(title, table[table["layer"] == title]) for title in layers]


def _summary(title: str, table: pd.DataFrame) -> PredictedLayer:
    groups = table.groupby(["alpha", *PAIR])

    def by_pair(values: pd.Series) -> NDArray[np.float64]:
        numbers: NDArray[np.float64] = values.unstack(PAIR).to_numpy(dtype=np.float64)
        return numbers

    decays = table.groupby("alpha")["decay"].mean()
    return PredictedLayer(
        title,
        alphas=decays.index.to_numpy(dtype=np.float64),
        decays=decays.to_numpy(dtype=np.float64),
        heldout=by_pair(groups["heldout_error"].mean()),
        shuffled=by_pair(groups["shuffled_error"].mean()),
        predictors=by_pair(groups["predictors"].median()),
    )
