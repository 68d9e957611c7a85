"""The typed study: what `config.yaml` and the files of `workflow/studies` may say."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from repatlas.claims.spec import ClaimsSpec, Scale
from repatlas.data.spec import DataSpec
from repatlas.naming import missing_name
from repatlas.networks.spec import NetworkSpec, check_grid
from repatlas.section import Section
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import TrainingSpec

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A short name: it becomes a part of file paths, so lower-case letters, digits and _ only."""


class GridSpec(Section):
    """A grid of runs: every depth x width x seed (x order) of one network, data set and recipe."""

    data: Name = Field(description="name of a data set under `data`")
    network: Name = Field(description="name of a network under `networks`")
    training: Name = Field(description="name of a recipe under `training`")
    depths: tuple[int, ...] = Field(
        default=(0,),
        min_length=1,
        description="depths; a CIFAR ResNet has depth 6n+2; 0 for an imported network",
    )
    widths: tuple[int, ...] = Field(
        default=(0,),
        min_length=1,
        description="width multiples; 0 for an imported network",
    )
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        min_length=1, description="seeds of the initialisation, one run each"
    )
    orders: tuple[Annotated[int, Field(ge=0)], ...] | None = Field(
        default=None,
        min_length=1,
        description="seeds of the data order, crossed with `seeds`; null: each run's own seed",
    )


class CellSpec(Section):
    """One network of a grid: all its seeds together."""

    grid: Name = Field(description="name of a grid under `grids`")
    depth: int = Field(default=0, description="a depth of that grid")
    width: int = Field(default=0, description="a width of that grid")


class BlockStructureSpec(Section):
    """What the figures and claims of the block-structure paper show."""

    probe: Name = Field(description="name of the probe set under `probes`")
    emergence: dict[Name, Name] = Field(
        min_length=1,
        description="rows of Fig 1a: a title and the grid whose networks stand in that row",
    )
    large: CellSpec | None = Field(
        default=None, description="a network expected to have a block (Fig 2, 3, C.1)"
    )
    small: CellSpec | None = Field(
        default=None, description="a network expected to have none (Fig 2, D.1, C.1)"
    )


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
    claims: ClaimsSpec = Field(default=ClaimsSpec(), description="how claims are judged")

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        for name, grid in self.grids.items():
            missing_name(f"grids.{name}.data", grid.data, self.data)
            missing_name(f"grids.{name}.network", grid.network, self.networks)
            missing_name(f"grids.{name}.training", grid.training, self.training)
            self._check_grid(name, grid)
        for name, probe in self.probes.items():
            if probe.data is not None:
                missing_name(f"probes.{name}.data", probe.data, self.data)
        self._check_block_structure(self.block_structure)
        return self

    def _check_grid(self, name: str, grid: GridSpec) -> None:
        for depth in grid.depths:
            for width in grid.widths:
                try:
                    check_grid(self.networks[grid.network], depth, width)
                except ValueError as error:
                    raise ValueError(f"grids.{name}: {error}") from error

    def _check_block_structure(self, paper: BlockStructureSpec) -> None:
        missing_name("block_structure.probe", paper.probe, self.probes)
        for title, grid in paper.emergence.items():
            missing_name(f"block_structure.emergence.{title}", grid, self.grids)
        for role in ("large", "small"):
            cell: CellSpec | None = getattr(paper, role)
            if cell is None:
                continue
            where = f"block_structure.{role}"
            missing_name(f"{where}.grid", cell.grid, self.grids)
            missing_name(f"{where}.depth", cell.depth, self.grids[cell.grid].depths)
            missing_name(f"{where}.width", cell.width, self.grids[cell.grid].widths)
