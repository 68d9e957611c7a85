"""What the figure of dominant images' accuracy and of ablated directions is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class AblationLayout(Layout):
    """Whether the block matters to the classifier: all seeds of a few networks."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks with all their seeds")
    fraction: float = Field(
        default=0.1,
        gt=0,
        lt=1,
        description="part of the probe images that count as dominant, by their projection on the "
        "first component of the layer in the middle of the block",
    )
