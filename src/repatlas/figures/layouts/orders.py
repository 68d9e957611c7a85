"""What the figure of initialisations and data orders is told."""

from pydantic import Field

from repatlas.figures.spec import Cell, Layout


class OrdersLayout(Layout):
    """Networks of crossed initialisations and data orders: which of the two matters."""

    cells: tuple[Cell, ...] = Field(
        min_length=2, description="networks of one label; each differs in its seed or its order"
    )
    fraction: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        description="part of the probe images that is called dominant",
    )
