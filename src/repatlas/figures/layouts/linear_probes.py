"""What the figure of linear probes is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class LinearProbesLayout(Layout):
    """Accuracy of linear classifiers by layer, one panel a network."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from left to right")
    columns: int = Field(
        default=4, ge=1, le=4, description="panels side by side; more go on in a further line"
    )
