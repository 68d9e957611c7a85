"""The section of a study on convergent learning: whose units are related to each other."""

from typing import Annotated

from pydantic import AfterValidator, Field

from repatlas.config.cell import CellSpec
from repatlas.config.names import Name
from repatlas.section import Section
from repatlas.units.spec import UnitsSpec


def _ascending(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sorted(set(values)))


Strengths = Annotated[
    tuple[Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)], ...],
    Field(min_length=1, max_length=1000),
    AfterValidator(_ascending),
]
"""Strengths of a penalty, ascending, each once."""


class ConvergentLearningSpec(Section):
    """What the figures and claims on convergent learning show."""

    cell: CellSpec = Field(
        description="the network whose seeds, two or more, are related to each other"
    )
    wider: CellSpec | None = Field(
        default=None,
        description="the same network with another width, two seeds or more, for maps between "
        "unequal numbers of units; null: none",
    )
    probe: Name = Field(description="name of the probe set whose images all networks see")
    checkpoints: tuple[str, ...] = Field(
        default=(),
        description="checkpoints of the recipe of `cell`, in the order of training, at which maps "
        "between its seeds are scored, such as epoch-0000 (untrained), step-00008, epoch-0001; "
        "untrained and final networks are looked at in any case",
    )
    shifts: dict[Name, Name] = Field(
        default={},
        description="probe sets of shifted images on which the final networks are looked at too: "
        "title and name, from the weakest shift to the strongest",
    )
    units: UnitsSpec = Field(default=UnitsSpec(), description="what is gathered of the units")
    alphas: Strengths = Field(
        default=(0.0, 0.001, 0.01, 0.03, 0.06, 0.1, 0.15, 0.25, 0.4, 0.6, 1.0),
        description="strengths of the L1 penalty with which units are predicted from those of "
        "another network, per unit: the paper's decay times the number of units; 0: least squares "
        "(paper: decays 0 and 1e-5 to 0.1)",
    )
    cluster_threshold: float = Field(
        default=0.2,
        gt=0,
        lt=1,
        description="correlation below which two units are not joined when they are clustered "
        "(paper: not known)",
    )
    permutations: int = Field(
        default=100,
        ge=2,
        le=1_000_000,
        description="permutations of the examples behind each null of a measure",
    )
    seed: int = Field(default=0, ge=0, description="seed of random rotations and permutations")
