"""What the figure of deleted residual blocks is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class DeletionLayout(Layout):
    """Accuracy after residual blocks are deleted, one panel a network."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from left to right")
    columns: int = Field(
        default=4, ge=1, le=4, description="panels side by side; more go on in a further line"
    )
