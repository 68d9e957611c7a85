"""What the figures of further measures are told."""

from typing import Literal

from pydantic import Field

from repatlas.figures.spec import Cell, Layout
from repatlas.section import Section

MeasureName = Literal[
    "cka_linear",
    "cka_cosine",
    "cka_rbf_0.5",
    "cka_rbf_1.0",
    "procrustes",
    "mutual_neighbours",
    "rsa_spearman",
    "soft_matching",
]
"""Keys of `repatlas.similarity.measures.MEASURES`."""


class MeasuresRow(Section):
    """A network on one probe set."""

    title: str = Field(description="title of the row, such as dominant 10 % removed")
    cell: Cell = Field(description="the network, with its probe set where there are several")
    control: bool = Field(default=False, description="whether it is a control, and marked as one")


class MeasuresLayout(Layout):
    """Similarity of the block outputs of networks by several measures."""

    rows: tuple[MeasuresRow, ...] = Field(min_length=1, description="rows, from top to bottom")
    measures: tuple[MeasureName, ...] = Field(
        default=(
            "cka_linear",
            "cka_cosine",
            "cka_rbf_1.0",
            "procrustes",
            "mutual_neighbours",
            "rsa_spearman",
            "soft_matching",
        ),
        min_length=1,
        description="measures, from left to right",
    )


class KernelsLayout(MeasuresLayout):
    """CKA of the block outputs of networks by several kernels, such as before and after removal."""

    measures: tuple[MeasureName, ...] = Field(
        default=("cka_linear", "cka_cosine", "cka_rbf_0.5", "cka_rbf_1.0"),
        min_length=1,
        description="kernels of CKA, from left to right",
    )
