"""What the figure of seeds in triangles is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, LayerSet, Layout
from repatlas.section import Section


class TriangleCondition(Section):
    """Seeds of one network trained in one way."""

    title: str = Field(description="title of its triangle, such as transfer")
    cells: tuple[Cell, ...] = Field(
        min_length=2, description="its seeds, from the top and the left"
    )


class TriangleLayout(Layout):
    """CKA within and across seeds, a lower triangle of heat maps for each condition."""

    conditions: tuple[TriangleCondition, ...] = Field(
        min_length=1, description="conditions, from left to right and then down"
    )
    columns: int = Field(default=2, ge=1, description="triangles side by side")
    layers: LayerSet = Field(default="all", description="layers drawn: all, relu or block_output")
