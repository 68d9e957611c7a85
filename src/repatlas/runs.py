"""A study's runs: every network to be trained, as typed rows."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from repatlas.config.study import CellSpec, GridSpec, Study
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
        """All runs of one network of a grid: its seeds, those of other grids too."""
        grid = self.study.grids[cell.grid]
        values = (grid.data, grid.training, grid.network, cell.depth, cell.width)
        return self.by_cell[tuple(map(str, values))]

    @functools.cached_property
    def by_cell(self) -> dict[RunKey, list[RunSpec]]:
        """Runs gathered by network, whatever their seeds."""
        cells: dict[RunKey, list[RunSpec]] = {}
        for run in self.runs:
            cells.setdefault(cell_key(run), []).append(run)
        return cells


def run_table(study: Study) -> RunTable:
    """Expand a study; a run that stands in two grids is trained once."""
    runs: dict[RunKey, RunSpec] = {}
    for grid in study.grids.values():
        for run in expand_grid(study, grid):
            runs.setdefault(run_key(run), run)
    return RunTable(study, tuple(runs.values()))


def expand_grid(study: Study, grid: GridSpec) -> Iterator[RunSpec]:
    """Every depth x width x seed (x order) of a grid."""
    for depth in grid.depths:
        for width in grid.widths:
            for seed in grid.seeds:
                for order in grid.orders if grid.orders is not None else (seed,):
                    yield RunSpec(
                        data=grid.data,
                        training=grid.training,
                        network=grid.network,
                        depth=depth,
                        width=width,
                        seed=seed,
                        order=order,
                        data_spec=study.data[grid.data],
                        network_spec=study.networks[grid.network],
                        training_spec=study.training[grid.training],
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
