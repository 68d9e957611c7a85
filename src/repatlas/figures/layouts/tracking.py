"""What the tracking figure is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class TrackingLayout(Layout):
    """The final network's dominant images over its training, one column a network."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from left to right")
    images: int = Field(
        default=4, ge=1, le=6, description="images followed, the most dominant first"
    )
    epochs: tuple[int, ...] | None = Field(
        default=None,
        min_length=1,
        description="epochs whose norms are drawn; null: five spread over all checkpoints",
    )
    layer: int | None = Field(
        default=None,
        description="index of the block output on whose first component the images are projected; "
        "null: the middle of the final network's block (of all block outputs where it has none)",
    )
