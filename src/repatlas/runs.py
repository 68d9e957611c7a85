"""A study's runs: every network to be trained, as typed rows."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from repatlas.config.cell import CellSpec
from repatlas.config.grid import GridSpec
from repatlas.config.study import Study
from repatlas.training.spec import RunSpec

COLUMNS = ("data", "training", "network", "depth", "width", "seed", "order")
"""What names a run, in the order of its path."""

CELL_COLUMNS = COLUMNS[:5]
"""What names a network, whatever its seeds."""

RunKey = tuple[str, ...]


@dataclass(frozen=True)
class RunTable:
    """The runs of a study, each once, in the order of its grids."""

    study: Study
    runs: tuple[RunSpec, ...]

    @functools.cached_property
    def by_key(self) -> dict[RunKey, RunSpec]:
        """Runs by the text of their name's parts, as Snakemake's wildcards give them."""
        return {run_key(run): run for run in self.runs}

    def of_grid(self, grid: str) -> list[RunSpec]:
        """The runs of a grid, depth by depth, width by width, seed by seed."""
        return list(expand_grid(self.study, self.study.grids[grid]))

    def of_cell(self, cell: CellSpec) -> list[RunSpec]:
        """All runs of one network of a grid: its seeds, those of other grids too.

        Runs that cross initialisation and data order are left out, but where the grid crosses them
        itself.
        """
        grid = self.study.grids[cell.grid]
        values = (grid.data, grid.training, grid.network, cell.depth, cell.width)
        runs = self.by_cell[tuple(map(str, values))]
        if grid.orders is not None:
            return [run for run in runs if run.seed in grid.seeds and run.order in grid.orders]
        return [run for run in runs if run.order == run.seed]

    @functools.cached_property
    def by_cell(self) -> dict[RunKey, list[RunSpec]]:
        """Runs gathered by network, whatever their seeds."""
        cells: dict[RunKey, list[RunSpec]] = {}
        for run in self.runs:
            cells.setdefault(cell_key(run), []).append(run)
        return cells


def run_table(study: Study) -> RunTable:
    """Expand a study; a run of two grids, or that comes first for several, is trained once."""
    runs: dict[RunKey, RunSpec] = {}
    for grid in study.grids.values():
        for run in expand_grid(study, grid):
            for needed in (run.start_run, run.edit_run, run):
                if needed is not None:
                    runs.setdefault(run_key(needed), needed)
    return RunTable(study, tuple(runs.values()))


def expand_grid(study: Study, grid: GridSpec) -> Iterator[RunSpec]:
    """Every depth x width x seed (x order) of a grid."""
    for depth in grid.depths:
        for width in grid.widths:
            for seed in grid.seeds:
                for order in grid.orders if grid.orders is not None else (seed,):
                    place = _Place(grid.network, depth, width, seed, order)
                    yield _run(study, grid.data, grid.training, place)


class _Place(NamedTuple):
    """What a run shares with the runs that come before it."""

    network: str
    depth: int
    width: int
    seed: int
    order: int


def _run(study: Study, data: str, training: str, place: _Place) -> RunSpec:
    """One run, with the runs that come before it."""
    recipe = study.training[training]
    start, edit = recipe.start, recipe.edit
    return RunSpec(
        data=data,
        training=training,
        **place._asdict(),
        data_spec=study.data[data],
        network_spec=study.networks[place.network],
        training_spec=recipe,
        start_run=_run(study, start.data, start.training, place) if start else None,
        edit_run=_run(study, data, edit.training, place) if edit else None,
    )


def run_key(run: RunSpec) -> RunKey:
    """The parts of a run's name as text."""
    return tuple(str(getattr(run, column)) for column in COLUMNS)


def cell_key(run: RunSpec) -> RunKey:
    """The parts of the name of a run's network as text."""
    return run_key(run)[: len(CELL_COLUMNS)]


def run_path(run: RunSpec, columns: Sequence[str] = COLUMNS) -> str:
    """The run's place below a folder, such as ``.../depth~56/width~1/seed~0/order~0``."""
    return "/".join(f"{column}~{getattr(run, column)}" for column in columns)


def path_pattern(columns: Sequence[str] = COLUMNS) -> str:
    """:func:`run_path` with Snakemake's wildcards in the place of values."""
    return "/".join(f"{column}~{{{column}}}" for column in columns)
