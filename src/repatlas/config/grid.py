"""Grids of runs."""

import math
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from repatlas.config.names import Name
from repatlas.section import Section

MOST_NETWORKS = 5000
"""Networks of a study: five times those of the papers, and what is planned in seconds."""


def _each_once(values: tuple[int, ...]) -> tuple[int, ...]:
    for number, value in enumerate(values):
        if value in values[:number]:
            raise ValueError(f"{value} stands twice; write it once")
    return values


Size = Annotated[int, Field(le=10_000)]
Sizes = Annotated[
    tuple[Size, ...], Field(min_length=1, max_length=1000), AfterValidator(_each_once)
]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Seeds = Annotated[
    tuple[Seed, ...], Field(min_length=1, max_length=1000), AfterValidator(_each_once)
]


class GridSpec(Section):
    """A grid of runs: every depth x width x seed (x order) of one network, data set and recipe."""

    data: Name = Field(description="name of a data set under `data`")
    network: Name = Field(description="name of a network under `networks`")
    training: Name = Field(description="name of a recipe under `training`")
    depths: Sizes = Field(
        default=(0,),
        description="depths; a CIFAR ResNet has depth 6n+2; 0 for an imported network",
    )
    widths: Sizes = Field(
        default=(0,),
        description="width multiples; 0 for an imported network",
    )
    seeds: Seeds = Field(description="seeds of the initialisation, one run each")
    orders: Seeds | None = Field(
        default=None,
        description="seeds of the data order, crossed with `seeds`; null: each run's own seed",
    )

    @property
    def count(self) -> int:
        """Number of its networks."""
        orders = 1 if self.orders is None else len(self.orders)
        return math.prod(map(len, (self.depths, self.widths, self.seeds))) * orders

    @model_validator(mode="after")
    def _few_enough(self) -> Self:
        if self.count > MOST_NETWORKS:
            raise ValueError(
                f"{self.count:,} networks (depths x widths x seeds x orders); allowed are "
                f"{MOST_NETWORKS:,}"
            )
        return self
