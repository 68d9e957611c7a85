"""What the figure of image statistics is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class StatisticsLayout(Layout):
    """How well simple image statistics tell how far images project on the first component."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks with all their seeds")
    scatters: tuple[Cell, ...] = Field(
        default=(), max_length=8, description="networks whose single images are shown"
    )
    draws: int = Field(
        default=20, ge=2, description="permutations of the images, of each network, for chance"
    )
