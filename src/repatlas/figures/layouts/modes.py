"""What the figure of modes and overlaps is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class ModesLayout(Layout):
    """How few images carry the first components, and whether they are the same ones."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks with all their seeds")
    trajectories: tuple[Cell, ...] = Field(
        default=(),
        description="networks whose dominant images are compared over their training",
    )
    fraction: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        description="part of the probe images that is called dominant where sets are compared",
    )
    columns: int = Field(
        default=6, ge=3, le=6, description="maps of networks side by side; more go on below"
    )
