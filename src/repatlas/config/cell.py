"""One network of a grid, as the papers' sections name it."""

from pydantic import Field

from repatlas.config.names import Name
from repatlas.section import Section


class CellSpec(Section):
    """One network of a grid: all its seeds together."""

    grid: Name = Field(description="name of a grid under `grids`")
    depth: int = Field(default=0, description="a depth of that grid")
    width: int = Field(default=0, description="a width of that grid")
