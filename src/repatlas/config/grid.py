"""Grids of runs."""

from typing import Annotated

from pydantic import Field

from repatlas.config.names import Name
from repatlas.section import Section


class GridSpec(Section):
    """A grid of runs: every depth x width x seed (x order) of one network, data set and recipe."""

    data: Name = Field(description="name of a data set under `data`")
    network: Name = Field(description="name of a network under `networks`")
    training: Name = Field(description="name of a recipe under `training`")
    depths: tuple[int, ...] = Field(
        default=(0,),
        min_length=1,
        description="depths; a CIFAR ResNet has depth 6n+2; 0 for an imported network",
    )
    widths: tuple[int, ...] = Field(
        default=(0,),
        min_length=1,
        description="width multiples; 0 for an imported network",
    )
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        min_length=1, description="seeds of the initialisation, one run each"
    )
    orders: tuple[Annotated[int, Field(ge=0)], ...] | None = Field(
        default=None,
        min_length=1,
        description="seeds of the data order, crossed with `seeds`; null: each run's own seed",
    )
