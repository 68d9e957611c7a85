"""The block-structure paper's section of a study: what its figures and claims show."""

from typing import Annotated, Literal

from pydantic import Field

from repatlas.config.cell import CellSpec
from repatlas.config.names import Name
from repatlas.section import Section

Intervention = Literal[
    "color",
    "small_batch",
    "penalty",
    "shake_shake",
    "transfer",
    "transfer_first_stage",
    "plain",
    "removed",
    "recolored",
    "random_removed",
]
Removal = Literal["dominant_1", "dominant_10", "random_1", "random_10", "matched_1", "matched_10"]
Distribution = Literal["corrupted", "related", "unrelated", "noise"]
Experiment = Literal["synthetic", "ablation", "deletion", "linear_probes", "measures", "outliers"]


class FurtherSpec(Section):
    """The figures on emergence, seeds and projections once more, on further data."""

    emergence: dict[Name, Name] = Field(
        min_length=1, description="rows of Fig 1b: a title and the grid that stands in that row"
    )
    large: CellSpec | None = Field(
        default=None, description="a network expected to have a block (Fig 2b, D.2)"
    )
    small: CellSpec | None = Field(
        default=None, description="a network expected to have none (Fig 2b)"
    )


class LessDataSpec(Section):
    """A network trained on all and on a part of the data (paper B, Fig 2)."""

    whole: CellSpec = Field(description="the network trained on all images")
    part: CellSpec = Field(description="the same depth and width, trained on a part of them")


class BlockStructureSpec(Section):
    """What the figures and claims of the block-structure paper show."""

    probe: Name = Field(description="name of the probe set under `probes`")
    emergence: dict[Name, Name] = Field(
        min_length=1,
        description="rows of Fig 1a: a title and the grid whose networks stand in that row",
    )
    large: CellSpec | None = Field(
        default=None, description="a network expected to have a block (Fig 2 to 9)"
    )
    small: CellSpec | None = Field(
        default=None, description="a network expected to have none (Fig 2, D.1, C.1)"
    )
    further: FurtherSpec | None = Field(
        default=None, description="the same on further data (Fig 1b, 2b, D.2)"
    )
    less_data: LessDataSpec | None = Field(
        default=None, description="a network trained on all and on a part of the data (B, Fig 2)"
    )
    interventions: dict[Intervention, Annotated[tuple[Name, ...], Field(min_length=1)]] = Field(
        default={},
        description="grids of networks that are trained in another way than those of `large` "
        "(Fig 7, 9, G.1, H.1, I.1, I.2; plain: without residual connections; removed, recolored, "
        "random_removed: with other training images)",
    )
    crossed: Name | None = Field(
        default=None,
        description="a grid with `orders`, which crosses initialisations with data orders",
    )
    removal: dict[Removal, Name] = Field(
        default={},
        description="probe sets with `without`, by what is left out (Fig 4) and its percentage",
    )
    distributions: dict[Distribution, Name] = Field(
        default={},
        description="probe sets of other images (Fig B.1): corrupted, of related data, of "
        "unrelated data, noise",
    )
    trajectory: Name | None = Field(
        default=None,
        description="probe set of one batch on which `large` is followed through the checkpoints "
        "of its training (Fig 8, F.1 to F.7)",
    )
    experiment_seeds: Annotated[int, Field(ge=2)] | None = Field(
        default=None,
        description="seeds of `large` on which `trajectory`, `distributions` and `experiments` are "
        "made; null: all",
    )
    experiments: tuple[Experiment, ...] = Field(
        default=(),
        description="what else is done with `large` and `small`: synthetic images (Fig 6), "
        "ablation of components, deletion of residual blocks and linear probes (paper B, Fig 4 and "
        "5), other measures than linear CKA (App. J), outliers (Davari et al. 2023)",
    )
