"""The typed study: what `config.yaml` and the files of `workflow/studies` may say."""

from typing import Self

from pydantic import Field, model_validator

from repatlas.claims.spec import ClaimsSpec, Scale
from repatlas.config.alignment_snr import AlignmentSnrSpec
from repatlas.config.block_structure import BlockStructureSpec
from repatlas.config.convergent_learning import ConvergentLearningSpec
from repatlas.config.grid import GridSpec
from repatlas.config.names import Name
from repatlas.config.references import check_references
from repatlas.config.universality import UniversalitySpec
from repatlas.data.spec import DataSpec
from repatlas.networks.spec import NetworkSpec
from repatlas.section import Section
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import TrainingSpec


class Study(Section):
    """One study, whole: it decides every job and every result."""

    study: Name = Field(description="name of the study; results go to results/<study>")
    scale: Scale = Field(
        description="which claims the study can speak to: smoke, laptop, desk, cifar or paper"
    )
    data: dict[Name, DataSpec] = Field(min_length=1, description="data sets by name")
    networks: dict[Name, NetworkSpec] = Field(min_length=1, description="networks by name")
    training: dict[Name, TrainingSpec] = Field(min_length=1, description="training recipes by name")
    probes: dict[Name, ProbeSpec] = Field(
        min_length=1, description="probe sets, on which networks are compared, by name"
    )
    grids: dict[Name, GridSpec] = Field(
        min_length=1, description="grids of runs by name; a run in two grids is trained once"
    )
    block_structure: BlockStructureSpec = Field(
        description="On the Origins of the Block Structure Phenomenon (Nguyen et al. 2022)"
    )
    convergent_learning: ConvergentLearningSpec | None = Field(
        default=None,
        description="Convergent Learning (Li et al. 2016), and Bridging Critical Gaps in "
        "Convergent Learning (Kapoor et al. 2025); null: not in this study",
    )
    alignment_snr: AlignmentSnrSpec | None = Field(
        default=None,
        description="Signal-to-Noise Ratio and Sample Size Govern Representational Alignment (Umar "
        "and Laio 2026); null: nothing of it",
    )
    universality: UniversalitySpec | None = Field(
        default=None,
        description="When Representations Align: Universality in Representation Learning Dynamics "
        "(van Rossem and Saxe 2024); null: nothing of it",
    )
    claims: ClaimsSpec = Field(default=ClaimsSpec(), description="how claims are judged")

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        check_references(self)
        return self
