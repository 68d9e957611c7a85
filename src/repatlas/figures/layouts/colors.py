"""What the figure of the colour sweep is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class ColorsLayout(Layout):
    """Norms of solid colours of a regular grid over RGB, one row a network."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from top to bottom")
