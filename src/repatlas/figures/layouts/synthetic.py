"""What the figure of synthetic images is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class SyntheticLayout(Layout):
    """Responses to solid colours and to the dominant image, one column a network."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from left to right")
    images: int = Field(default=8, ge=1, description="dominant images shown, the first first")
