"""What the figure of the first steps is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class StepsLayout(Layout):
    """Share of the first component by layer and training step, one panel a network."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from left to right")
