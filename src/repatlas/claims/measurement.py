"""What a statistic hands over: one value for each seed, or for each pair of seeds."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple


class Seed(NamedTuple):
    """One seed of one cell: what the bootstrap draws."""

    cell: str
    seed: int


@dataclass(frozen=True)
class Observation:
    """A value that belongs to one network, or to a pair of networks of different seeds."""

    value: float
    seeds: tuple[Seed, ...]
    label: str
    p: float | None = None


@dataclass(frozen=True)
class Measurement:
    """The values behind a claim.

    Attributes
    ----------
    observations
        Their mean is the claim's value.
    minus
        Where given, the claim's value is the mean of ``observations`` minus the mean of these.
    null
        The value expected if there were nothing to find, where that is known.
    p
        Permutation p-value of the mean over all seeds.
    left_out
        Networks without a value, each with its reason.
    not_fitted
        Networks that are left out because they did not fit their training set, where the claim
        names no cell that knows.
    """

    observations: tuple[Observation, ...]
    minus: tuple[Observation, ...] | None = None
    null: float | None = None
    p: float | None = None
    left_out: tuple[str, ...] = ()
    not_fitted: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[Observation, ...]:
        """Observations of both sides."""
        return self.observations + (self.minus or ())

    def seeds_by_cell(self) -> dict[str, list[Seed]]:
        """Distinct seeds behind the values, cell by cell, in the order of the observations."""
        found: dict[str, dict[Seed, None]] = {}
        for item in self.all:
            for seed in item.seeds:
                found.setdefault(seed.cell, {})[seed] = None
        return {cell: list(seeds) for cell, seeds in found.items()}

    @property
    def seeds(self) -> int:
        """Seeds behind the value, of the cell with fewest; 0 if a side has no value at all."""
        if not self.observations or self.minus == ():
            return 0
        return min(len(seeds) for seeds in self.seeds_by_cell().values())

    def finite(self) -> "Measurement":
        """Leave out undefined values, which come from layers that are constant."""
        undefined = [item.label for item in self.all if not math.isfinite(item.value)]
        return replace(
            self,
            observations=_finite(self.observations),
            minus=None if self.minus is None else _finite(self.minus),
            left_out=(
                *self.left_out,
                *(f"{label}: undefined, because of constant layers" for label in undefined),
            ),
        )


def _finite(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    return tuple(item for item in observations if math.isfinite(item.value))
