"""Whether the parts of a study that name each other fit: each check raises ``ValueError``.

The errors say where in the study they are, what is wrong and what would be right.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from repatlas.config.alignment_snr import AlignmentSnrSpec
from repatlas.config.block_structure import BlockStructureSpec
from repatlas.config.cell import CellSpec
from repatlas.config.convergent_learning import ConvergentLearningSpec
from repatlas.config.grid import MOST_NETWORKS, GridSpec
from repatlas.config.universality import UniversalitySpec
from repatlas.config.universality_references import check_universality
from repatlas.data.spec import DataSpec
from repatlas.naming import missing_name
from repatlas.networks.spec import NetworkSpec, check_grid
from repatlas.section import Section
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import TrainingSpec, checkpoint_names

SHARED_WITH_WHOLE = ("data", "split", "count", "batch_size", "batch_norm", "corruption", "severity")
"""What a probe set without some images shares with the one from which they are taken."""

SHARED_WITH_UNSHIFTED = ("split", "count", "batch_norm")
"""What a probe set of shifted images shares with the one to which it is compared."""

OWN_DEPTHS = ("plain",)
"""Interventions whose networks need not have the depth and width of `large`."""

LONGEST_PART = 13_000
"""Characters of a part of a study: a command has up to nine, and room for ten."""


class Parts(Protocol):
    """The parts of a study that name each other."""

    @property
    def data(self) -> Mapping[str, DataSpec]:
        """Data sets by name."""

    @property
    def networks(self) -> Mapping[str, NetworkSpec]:
        """Networks by name."""

    @property
    def training(self) -> Mapping[str, TrainingSpec]:
        """Recipes by name."""

    @property
    def probes(self) -> Mapping[str, ProbeSpec]:
        """Probe sets by name."""

    @property
    def grids(self) -> Mapping[str, GridSpec]:
        """Grids by name."""

    @property
    def block_structure(self) -> BlockStructureSpec:
        """What the block-structure paper shows."""

    @property
    def convergent_learning(self) -> ConvergentLearningSpec | None:
        """What is shown of convergent learning; None where the study has nothing of it."""

    @property
    def alignment_snr(self) -> AlignmentSnrSpec | None:
        """What the paper on signal-to-noise ratio and sample size shows."""

    @property
    def universality(self) -> UniversalitySpec | None:
        """Networks that are followed while they learn; None where the study has nothing of it."""


def check_references(study: Parts) -> None:
    """Check every name that one part of a study gives to another."""
    networks = sum(grid.count for grid in study.grids.values())
    if networks > MOST_NETWORKS:
        raise ValueError(f"grids: {networks:,} networks together; allowed are {MOST_NETWORKS:,}")
    _check_lengths(study)
    for name, grid in study.grids.items():
        missing_name(f"grids.{name}.data", grid.data, study.data)
        missing_name(f"grids.{name}.network", grid.network, study.networks)
        missing_name(f"grids.{name}.training", grid.training, study.training)
        _check_sizes(study, name, grid)
    for name in study.training:
        _check_recipe(study, name)
    for name, probe in study.probes.items():
        if probe.data is not None:
            missing_name(f"probes.{name}.data", probe.data, study.data)
        _check_without(name, probe, study.probes)
    _check_block_structure(study, study.block_structure)
    if study.convergent_learning is not None:
        _check_convergent_learning(study, study.convergent_learning)
    if study.alignment_snr is not None:
        _check_ensembles(study, study.alignment_snr)
    if study.universality is not None:
        check_universality(study.universality, study.data)


def _check_lengths(study: Parts) -> None:
    """Refuse parts that are too long for the command of a job, which is told up to nine of them."""
    parts: dict[str, Section] = {
        f"{section}.{name}": part
        for section in ("data", "networks", "training", "probes")
        for name, part in getattr(study, section).items()
    }
    if study.convergent_learning is not None:
        parts["convergent_learning.units"] = study.convergent_learning.units
    for where, part in parts.items():
        length = len(json.dumps(part.model_dump(mode="json", by_alias=True)))
        if length > LONGEST_PART:
            raise ValueError(
                f"{where}: {length:,} characters as JSON; allowed are {LONGEST_PART:,}: shorten "
                "its lists or texts"
            )


def _check_sizes(study: Parts, name: str, grid: GridSpec) -> None:
    for depth in grid.depths:
        for width in grid.widths:
            try:
                check_grid(study.networks[grid.network], depth, width)
            except ValueError as error:
                raise ValueError(f"grids.{name}: {error}") from error


def _check_recipe(study: Parts, name: str) -> None:
    recipe, where = study.training[name], f"training.{name}"
    if recipe.start is not None:
        missing_name(f"{where}.start.data", recipe.start.data, study.data)
        _check_first(study, f"{where}.start.training", recipe.start.training)
    if recipe.edit is not None:
        missing_name(f"{where}.edit.probe", recipe.edit.probe, study.probes)
        _check_first(study, f"{where}.edit.training", recipe.edit.training)
        probe = study.probes[recipe.edit.probe]
        if probe.split != "train" or probe.data is not None or probe.without is not None:
            raise ValueError(
                f"{where}.edit.probe: {recipe.edit.probe} is not a whole probe set of each run's "
                "own training images: give it split: train, and neither data nor without"
            )


def _check_first(study: Parts, where: str, name: str) -> None:
    """The recipe of a run that comes first stands on its own."""
    missing_name(where, name, study.training)
    first = study.training[name]
    if first.start is not None or first.edit is not None:
        raise ValueError(
            f"{where}: {name} itself starts from another run: name a recipe without start and edit"
        )


def _check_without(name: str, probe: ProbeSpec, probes: Mapping[str, ProbeSpec]) -> None:
    if probe.without is None:
        return
    where = f"probes.{name}.without.probe"
    missing_name(where, probe.without.probe, probes)
    whole = probes[probe.without.probe]
    if whole.without is not None:
        raise ValueError(
            f"{where}: {probe.without.probe} leaves out images itself; name a whole one"
        )
    for key in SHARED_WITH_WHOLE:
        if getattr(probe, key) != getattr(whole, key):
            raise ValueError(
                f"probes.{name}.{key}: {getattr(probe, key)} differs from that of "
                f"{probe.without.probe}, from which images are left out: give both the same"
            )


def _check_block_structure(study: Parts, paper: BlockStructureSpec) -> None:
    where = "block_structure"
    for place, probe in _probes_named(paper):
        missing_name(f"{where}.{place}", probe, study.probes)
    for place, grid in _grids_named(paper):
        missing_name(f"{where}.{place}", grid, study.grids)
    for place, cell in _cells_named(paper):
        _check_cell(study, f"{where}.{place}", cell)
    _check_interventions(study, paper)
    if paper.crossed is not None and study.grids[paper.crossed].orders is None:
        raise ValueError(f"{where}.crossed: grid {paper.crossed} has no orders: give it some")
    for key, probe in paper.removal.items():
        without = study.probes[probe].without
        if without is None or without.probe != paper.probe:
            raise ValueError(
                f"{where}.removal.{key}: probe {probe} is not {paper.probe} without some images: "
                f"give it `without: {{probe: {paper.probe}, ...}}`"
            )


def _check_cell(study: Parts, where: str, cell: CellSpec) -> None:
    missing_name(f"{where}.grid", cell.grid, study.grids)
    missing_name(f"{where}.depth", cell.depth, study.grids[cell.grid].depths)
    missing_name(f"{where}.width", cell.width, study.grids[cell.grid].widths)


def _check_interventions(study: Parts, paper: BlockStructureSpec) -> None:
    where = "block_structure.interventions"
    if paper.interventions and paper.large is None:
        raise ValueError(f"{where}: name the network that they are compared with as `large`")
    for key, names in paper.interventions.items():
        if key in OWN_DEPTHS or paper.large is None:
            continue
        size = (paper.large.depth, paper.large.width)
        grids = [study.grids[name] for name in names]
        if not any(size[0] in grid.depths and size[1] in grid.widths for grid in grids):
            raise ValueError(
                f"{where}.{key}: no network of {', '.join(names)} has the depth {size[0]} and the "
                f"width {size[1]} of `large`, with which it is compared: give a grid both"
            )


def _check_ensembles(study: Parts, paper: AlignmentSnrSpec) -> None:
    for name, ensemble in paper.ensembles.items():
        if ensemble.data is not None:
            missing_name(f"alignment_snr.ensembles.{name}.data", ensemble.data, study.data)


def _probes_named(paper: BlockStructureSpec) -> Iterator[tuple[str, str]]:
    yield "probe", paper.probe
    yield from ((f"removal.{key}", probe) for key, probe in paper.removal.items())
    yield from ((f"distributions.{key}", probe) for key, probe in paper.distributions.items())
    if paper.trajectory is not None:
        yield "trajectory", paper.trajectory


def _grids_named(paper: BlockStructureSpec) -> Iterator[tuple[str, str]]:
    yield from ((f"emergence.{title}", grid) for title, grid in paper.emergence.items())
    if paper.further is not None:
        named = paper.further.emergence.items()
        yield from ((f"further.emergence.{title}", grid) for title, grid in named)
    for key, grids in paper.interventions.items():
        yield from ((f"interventions.{key}", grid) for grid in grids)
    if paper.crossed is not None:
        yield "crossed", paper.crossed


def _cells_named(paper: BlockStructureSpec) -> Iterator[tuple[str, CellSpec]]:
    places = {"large": paper.large, "small": paper.small}
    if paper.further is not None:
        places |= {"further.large": paper.further.large, "further.small": paper.further.small}
    if paper.less_data is not None:
        places |= {"less_data.whole": paper.less_data.whole, "less_data.part": paper.less_data.part}
    yield from ((place, cell) for place, cell in places.items() if cell is not None)


def _check_convergent_learning(study: Parts, paper: ConvergentLearningSpec) -> None:
    where = "convergent_learning"
    _check_seeds(study, f"{where}.cell", paper.cell)
    if paper.wider is not None:
        _check_wider(study, f"{where}.wider", paper.wider, paper.cell)
    recipe = study.grids[paper.cell.grid].training
    _check_moments(f"{where}.checkpoints", paper.checkpoints, study.training[recipe])
    for place, name in (("probe", paper.probe), *_shifts_named(paper)):
        missing_name(f"{where}.{place}", name, study.probes)
        if study.probes[name].without is not None:
            raise ValueError(
                f"{where}.{place}: {name} leaves out other images for each network, so that they "
                "do not see the same: name a probe set without `without`"
            )
    for place, name in _shifts_named(paper):
        _check_shift(study, f"{where}.{place}", name, paper.probe)


def _check_seeds(study: Parts, where: str, cell: CellSpec) -> None:
    """Networks of a cell differ by their seeds alone, and there are several."""
    _check_cell(study, where, cell)
    grid = study.grids[cell.grid]
    if grid.orders is not None:
        raise ValueError(
            f"{where}.grid: {cell.grid} crosses initialisations with data orders: name a grid "
            "without orders"
        )
    if len(set(grid.seeds)) < 2:
        raise ValueError(
            f"{where}.grid: {cell.grid} has a single seed, {grid.seeds[0]}: give it two or more"
        )


def _check_wider(study: Parts, where: str, wider: CellSpec, cell: CellSpec) -> None:
    """Layers of both are related one to one, over the same images."""
    _check_seeds(study, where, wider)
    one, other = study.grids[wider.grid], study.grids[cell.grid]
    for key in ("data", "network"):
        if getattr(one, key) != getattr(other, key):
            raise ValueError(
                f"{where}.grid: {wider.grid} has the {key} {getattr(one, key)}, and {cell.grid} "
                f"has {getattr(other, key)}: give both the same"
            )
    if wider.depth != cell.depth:
        raise ValueError(f"{where}.depth: {wider.depth} is not that of `cell`: write {cell.depth}")
    if wider.width == cell.width:
        raise ValueError(f"{where}.width: {wider.width} is that of `cell`, too: name another width")


def _check_moments(where: str, names: Sequence[str], recipe: TrainingSpec) -> None:
    kept = checkpoint_names(recipe)
    for name in names:
        missing_name(where, name, kept)
    ordered = sorted(set(names), key=kept.index)
    if list(names) != ordered:
        raise ValueError(
            f"{where}: {', '.join(names)}: not in the order of training, or one twice: write "
            f"{', '.join(ordered)}"
        )


def _check_shift(study: Parts, where: str, name: str, unshifted: str) -> None:
    if name == unshifted:
        raise ValueError(f"{where}: {name} is `probe` itself: name one of shifted images")
    shifted, whole = study.probes[name], study.probes[unshifted]
    for key in SHARED_WITH_UNSHIFTED:
        if getattr(shifted, key) != getattr(whole, key):
            raise ValueError(
                f"{where}: {name} has the {key} {getattr(shifted, key)}, and {unshifted} has "
                f"{getattr(whole, key)}: give both the same"
            )


def _shifts_named(paper: ConvergentLearningSpec) -> Iterator[tuple[str, str]]:
    yield from ((f"shifts.{title}", name) for title, name in paper.shifts.items())
