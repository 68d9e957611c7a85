"""What the figures on units of several networks are told."""

from pydantic import Field

from repatlas.figures.spec import Layout


class UnitsLayout(Layout):
    """Layers and the pair of networks that a figure shows; the files say which networks."""

    layers: tuple[str, ...] | None = Field(
        default=None,
        description="titles of the layers shown, such as conv1; null: all, or the first two where "
        "all would not fit on a page",
    )
    first: int = Field(default=0, ge=0, description="place of the first network in the files")
    second: int = Field(default=1, ge=0, description="place of the second")
    count: int = Field(default=8, ge=1, description="units shown where only some are")
