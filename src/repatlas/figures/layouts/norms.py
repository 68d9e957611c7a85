"""What the figure of activation norms is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class NormsLayout(Layout):
    """CKA, norms by block output, and norms against projections: one row a network."""

    cells: tuple[Cell, ...] = Field(min_length=1, description="networks, from top to bottom")
    fraction: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        description="share of the probe images marked as dominant, those that project furthest "
        "(the size of the upper mode in the paper's Fig 3)",
    )
