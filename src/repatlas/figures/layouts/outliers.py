"""What the figure of translated examples is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class OutliersLayout(Layout):
    """CKA of a layer with itself after some examples were translated, one panel a network."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from left to right")
    columns: int = Field(
        default=3, ge=1, description="panels side by side; more go on in a further line"
    )
