"""What the statistics figure shows of a network: held-out fits of its projections."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.figures.block_structure.dominance import Carriers
from repatlas.similarity.image_regression import (
    ALL,
    STATISTICS,
    folds_of,
    held_out_predictions,
    held_out_r2s,
    image_features,
    log_projection,
    permuted,
)

Floats = NDArray[np.float64]
Statistics = Mapping[str, Floats]

CHOICES = (*STATISTICS, ALL)

TARGETS = ("magnitude", "signed")
"""What is explained: `log_projection`, or u_i itself."""


@dataclass(frozen=True, eq=False)
class Regressions:
    """Held-out fits of the projections of one network at its reference layer.

    Attributes
    ----------
    r2
        By target and by statistic, or all of them together.
    null
        (draws,) likewise, with permuted images.
    best
        The single statistic that explains most of the magnitude.
    measured, predicted
        (n,) magnitude of each image, log10 of its ratio to the root mean square, and what the
        best statistic says of it when it is held out.
    """

    carriers: Carriers
    r2: dict[tuple[str, str], float]
    null: dict[tuple[str, str], Floats]
    best: str
    measured: Floats
    predicted: Floats


def regressions(carriers: Carriers, statistics: Statistics, draws: int) -> Regressions:
    """Regress the projections of a network on image statistics.

    Parameters
    ----------
    statistics
        (n, d) by name, of the images of the network in their order.
    draws
        Permutations for each statistic.
    """
    folds = folds_of(carriers.ids)
    signed = carriers.component.astype(np.float64)
    targets = {"magnitude": log_projection(signed), "signed": signed}
    together = np.column_stack([np.c_[own, permuted(own, draws)] for own in targets.values()])
    features = {name: image_features(statistics, _names(name)) for name in CHOICES}
    r2, null = {}, {}
    for name in CHOICES:
        found = held_out_r2s(together, features[name], folds).reshape(len(targets), -1)
        for target, own in zip(targets, found, strict=True):
            r2[target, name], null[target, name] = float(own[0]), own[1:]
    best = max(STATISTICS, key=lambda name: r2["magnitude", name])
    measured = targets["magnitude"]
    predicted = held_out_predictions(measured[:, None], features[best], folds)[:, 0]
    return Regressions(carriers, r2, null, best, measured, predicted)


def _names(choice: str) -> tuple[str, ...]:
    return STATISTICS if choice == ALL else (choice,)
