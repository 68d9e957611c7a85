"""What the figure of networks retrained on changed images is told."""

from typing import Self

from pydantic import Field, model_validator

from repatlas.figures.spec import Cell, LayerSet, Layout
from repatlas.section import Section


class RetrainingCondition(Section):
    """Networks of one recipe, a row of the figure."""

    title: str = Field(description="title of its row, such as dominant images removed")
    cells: tuple[Cell, ...] = Field(
        min_length=1, description="its networks, one a seed, in the order of the first row"
    )


class RetrainingLayout(Layout):
    """Networks trained on all images, and without or with other dominant images: a causal test."""

    conditions: tuple[RetrainingCondition, ...] = Field(
        min_length=2, description="from top to bottom; the first is the standard recipe"
    )
    layers: LayerSet = Field(default="all", description="layers drawn: all, relu or block_output")
    images: int = Field(default=7, ge=1, description="images shown of each network")
    fraction: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        description="part of the probe images that is called dominant where colours are compared",
    )

    @model_validator(mode="after")
    def _same_seeds(self) -> Self:
        counts = [len(condition.cells) for condition in self.conditions]
        if len(set(counts)) != 1:
            raise ValueError(
                f"conditions: rows of {', '.join(map(str, counts))} networks; give each row the "
                "same seeds"
            )
        return self
