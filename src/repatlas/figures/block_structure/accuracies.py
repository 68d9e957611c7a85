"""Accuracies of the seeds of one network trained in one way, and what they say together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.layouts.accuracy import AccuracyGroup, AccuracyLayout

LEVEL = 0.95


@dataclass(frozen=True)
class ConditionAccuracy:
    """Accuracies in percent over the S seeds of a condition; NaN where unknown.

    Attributes
    ----------
    group, condition
        Titles.
    networks
        (S,) one a seed.
    """

    group: str
    condition: str
    networks: tuple[Network, ...]

    @property
    def test(self) -> NDArray[np.float64]:
        """(S,) test accuracy."""
        return 100 * np.array([network.test_accuracy for network in self.networks])

    @property
    def train(self) -> NDArray[np.float64]:
        """(S,) train accuracy."""
        return 100 * np.array([network.train_accuracy for network in self.networks])

    @property
    def mean(self) -> float:
        """Mean test accuracy."""
        return float(self.test.mean())

    @property
    def spread(self) -> float:
        """Standard deviation of the test accuracy over seeds (ddof 1); NaN for one seed."""
        return float(self.test.std(ddof=1)) if len(self.networks) > 1 else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean test accuracy by Student's t; NaN for one seed.

        Wide where seeds are few: two seeds leave one degree of freedom.
        """
        count = len(self.networks)
        if count < 2:
            return float("nan"), float("nan")
        half = stdtrit(count - 1, (1 + LEVEL) / 2) * self.spread / np.sqrt(count)
        return float(self.mean - half), float(self.mean + half)

    def rows(self) -> pd.DataFrame:
        """One row a number: each seed's, then those of all seeds together."""
        low, high = self.interval
        told = {
            "test_mean": self.mean,
            "test_sd": self.spread,
            "test_low": low,
            "test_high": high,
            "train_mean": float(self.train.mean()),
        }
        seeds: list[tuple[object, ...]] = [
            (quantity, network.run.label, network.run.seed, network.run.order, value)
            for quantity, values in (("test_accuracy", self.test), ("train_accuracy", self.train))
            for network, value in zip(self.networks, values.tolist(), strict=True)
        ]
        together: list[tuple[object, ...]] = [
            (quantity, "", pd.NA, pd.NA, value) for quantity, value in told.items()
        ]
        columns = ["quantity", "network", "seed", "order", "value"]
        table = pd.DataFrame(seeds + together, columns=columns)
        table = table.astype({"seed": "Int64", "order": "Int64", "value": float})
        table.insert(0, "condition", self.condition)
        table.insert(0, "group", self.group)
        return table


def condition_accuracies(
    similarities: Similarities, layout: AccuracyLayout
) -> list[list[ConditionAccuracy]]:
    """Accuracies of every condition of every group, from top to bottom.

    Raises
    ------
    InputError
        The files do not hold a network of the layout.
    """
    return [_group(similarities, group) for group in layout.groups]


def _group(similarities: Similarities, group: AccuracyGroup) -> list[ConditionAccuracy]:
    return [
        ConditionAccuracy(
            group.title, condition.title, tuple(similarities.find_all(condition.cells))
        )
        for condition in group.conditions
    ]
