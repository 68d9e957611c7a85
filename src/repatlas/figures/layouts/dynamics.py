"""What the dynamics figure is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, LayerSet, Layout


class DynamicsLayout(Layout):
    """A network over its training: CKA within checkpoints, with the final network, images."""

    cell: Cell = Field(description="the network whose heat maps and images are shown")
    others: tuple[Cell, ...] = Field(
        default=(), description="further networks, such as other seeds, in the curves alone"
    )
    epochs: tuple[int, ...] | None = Field(
        default=None,
        min_length=1,
        description="epochs shown, from left to right; null: spread over all checkpoints",
    )
    columns: int = Field(
        default=10, ge=2, le=10, description="checkpoints shown at most where epochs is null"
    )
    layers: LayerSet = Field(default="relu", description="layers drawn: all, relu or block_output")
    layer: int | None = Field(
        default=None,
        description="index of the block output whose dominant images are shown; null: the middle "
        "of the final network's block (of all block outputs where it has none)",
    )
