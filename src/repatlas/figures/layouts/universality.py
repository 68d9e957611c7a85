"""What the figures on followed networks are told."""

from pydantic import Field

from repatlas.figures.spec import Layout

SHALLOW = "shallow"
"""Setting of networks of exclusive or with one hidden layer, which have a figure of their own."""


class UniversalityLayout(Layout):
    """Titles of the networks; their files say all else."""

    titles: dict[str, str] = Field(
        default={},
        description="titles by the names of the files, without suffix; others are titled by these",
    )
    columns: int = Field(
        default=4, ge=1, description="panels side by side, where each shows another network"
    )
