"""The networks of a study by the part that they play in the block-structure paper."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from repatlas.claims.evidence import Role
from repatlas.config.block_structure import BlockStructureSpec, Intervention
from repatlas.config.cell import CellSpec
from repatlas.config.grid import GridSpec
from repatlas.config.references import OWN_DEPTHS
from repatlas.runs import RunTable
from repatlas.training.spec import Checkpoints, RunSpec, TrainingSpec

SEEDS_SHOWN = 2
"""Figures that show single networks show this many seeds of one."""

SMALL_SEEDS = 2
"""Experiments are made on so many seeds of the small network."""


@dataclass(frozen=True)
class Networks:
    """The paper's section of a study, resolved to runs."""

    table: RunTable
    spec: BlockStructureSpec

    @functools.cached_property
    def large(self) -> list[RunSpec]:
        """All seeds of the network expected to have a block; none where the study names none."""
        return self._of(self.spec.large)

    @functools.cached_property
    def small(self) -> list[RunSpec]:
        """All seeds of the network expected to have none."""
        return self._of(self.spec.small)

    @functools.cached_property
    def studied_large(self) -> list[RunSpec]:
        """Seeds of the large network on which experiments are made."""
        return self.large[: self.spec.experiment_seeds]

    @functools.cached_property
    def studied(self) -> list[RunSpec]:
        """Networks on which experiments are made."""
        return [*self.studied_large, *self.small[:SMALL_SEEDS]]

    @functools.cached_property
    def followed(self) -> list[RunSpec]:
        """Networks that are followed through their training."""
        return self.studied_large if self.spec.trajectory is not None else []

    @functools.cached_property
    def further_large(self) -> list[RunSpec]:
        """All seeds of the large network on further data."""
        return self._of(self.spec.further.large) if self.spec.further else []

    @functools.cached_property
    def studied_further(self) -> list[RunSpec]:
        """Seeds of it that are shown synthetic images."""
        return self.further_large[: self.spec.experiment_seeds]

    @functools.cached_property
    def further_small(self) -> list[RunSpec]:
        """All seeds of the small network on further data."""
        return self._of(self.spec.further.small) if self.spec.further else []

    @functools.cached_property
    def crossed(self) -> list[RunSpec]:
        """Networks of crossed initialisation and data order."""
        cell = self.cells().get("crossed")
        return self._of(cell)

    def pairs(self) -> list[list[RunSpec]]:
        """The first seeds of each small, then large network that has several."""
        several = [self.small, self.large, self.further_small, self.further_large]
        return [seeds[:SEEDS_SHOWN] for seeds in several if len(seeds) >= SEEDS_SHOWN]

    def contrast(self) -> list[RunSpec]:
        """One seed of the small and of the large network, or of the first grid's ends."""
        named = [seeds[0] for seeds in (self.small, self.large) if seeds]
        if named:
            return named
        runs = next(iter(self.rows(self.spec.emergence).values()))
        return runs if len(runs) == 1 else [runs[0], runs[-1]]

    def rows(self, emergence: Mapping[str, str]) -> dict[str, list[RunSpec]]:
        """One network of each depth and width of some grids, by the title of its row."""
        rows = {}
        for title, grid in emergence.items():
            networks: dict[tuple[int, int], RunSpec] = {}
            for run in self.table.of_grid(grid):
                networks.setdefault((run.depth, run.width), run)
            rows[title] = list(networks.values())
        return rows

    def intervention(self, key: Intervention) -> list[RunSpec]:
        """Networks of an intervention: one of each size; all seeds if there is but one size."""
        if key not in self.spec.interventions:
            return []
        grids = self.spec.interventions[key]
        runs = [run for grid in grids for run in self.table.of_grid(grid)]
        sizes: dict[tuple[int, int], list[RunSpec]] = {}
        for run in runs:
            sizes.setdefault((run.depth, run.width), []).append(run)
        if len(sizes) == 1:
            return runs
        return [seeds[0] for seeds in sizes.values()]

    def counterpart(self, run: RunSpec) -> RunSpec | None:
        """The network of the same size and seed, trained as `large` is; None if there is none."""
        return self._standard.get(_place(run))

    def standard_seeds(self, run: RunSpec) -> list[RunSpec]:
        """All seeds of a size, trained as `large` is."""
        size = run.depth, run.width
        return [
            other
            for other in self._standard.values()
            if (other.depth, other.width) == size and other.order == other.seed
        ]

    @functools.cached_property
    def _standard(self) -> dict[tuple[int, ...], RunSpec]:
        """Runs of the data, network and recipe of `large`, by their place."""
        if not self.large:
            return {}
        wanted = _manner(self.large[0])
        return {_place(run): run for run in self.table.runs if _manner(run) == wanted}

    def cells(self) -> dict[Role, CellSpec]:
        """The cell that plays each role in the claims."""
        roles: dict[Role, CellSpec] = {}
        for grid in self.spec.emergence.values():
            roles = _extremes(grid, self.table.study.grids[grid]) | roles
        further, less = self.spec.further, self.spec.less_data
        named: dict[Role, CellSpec | None] = {
            "large": self.spec.large,
            "small": self.spec.small,
            "further_large": further.large if further else None,
            "further_small": further.small if further else None,
            "less_data": less.part if less else None,
            "whole_data": less.whole if less else None,
        }
        for key, grids in self.spec.interventions.items():
            named[key] = self._changed(key, grids)
        if "color" in self.spec.interventions:
            named["color_control"] = self._without_color(self.spec.interventions["color"])
        if self.spec.crossed is not None:
            named["crossed"] = self._first(self.spec.crossed)
        return roles | {role: cell for role, cell in named.items() if cell is not None}

    def _changed(self, key: Intervention, names: Sequence[str]) -> CellSpec:
        """The network of an intervention that has the size of the large one."""
        grids = {name: self.table.study.grids[name] for name in names}
        large = self.spec.large
        for name, grid in grids.items():
            if key in OWN_DEPTHS or large is None:
                return CellSpec(grid=name, depth=max(grid.depths), width=max(grid.widths))
            if large.depth in grid.depths and large.width in grid.widths:
                return CellSpec(grid=name, depth=large.depth, width=large.width)
        raise ValueError(f"no network of {key} has the size of the large network")

    def _without_color(self, names: Sequence[str]) -> CellSpec | None:
        """The network trained as one with colour augmentation, but for the colours.

        Augmented images take longer to fit; a network that is trained as long without them tells
        what the augmentation does from what the time does.
        """
        changed = self._changed("color", names)
        data, network, recipe = _manner(self.table.of_cell(changed)[0])
        bare = recipe.augmentation.model_copy(update={"color": 0.0})
        wanted = recipe.model_copy(update={"augmentation": bare})
        for name in self.table.study.grids:
            for run in self.table.of_grid(name):
                size = (run.depth, run.width) == (changed.depth, changed.width)
                if size and _manner(run) == (data, network, wanted):
                    return CellSpec(grid=name, depth=run.depth, width=run.width)
        return None

    def _first(self, name: str) -> CellSpec:
        grid = self.table.study.grids[name]
        return CellSpec(grid=name, depth=grid.depths[0], width=grid.widths[0])

    def _of(self, cell: CellSpec | None) -> list[RunSpec]:
        return [] if cell is None else self.table.of_cell(cell)


def _place(run: RunSpec) -> tuple[int, ...]:
    return run.depth, run.width, run.seed, run.order


def _manner(run: RunSpec) -> tuple[str, str, TrainingSpec]:
    """What is trained and how; at which moments the weights are kept changes nothing of it."""
    recipe = run.training_spec.model_copy(update={"checkpoints": Checkpoints()})
    return run.data, run.network, recipe


def _extremes(name: str, grid: GridSpec) -> dict[Role, CellSpec]:
    """The ends of a grid along the one of its axes that it varies; none where it varies both."""
    depths, widths = sorted(grid.depths), sorted(grid.widths)
    roles: dict[Role, CellSpec] = {}
    if len(depths) > 1 and len(widths) == 1:
        roles["shallowest"] = CellSpec(grid=name, depth=depths[0], width=widths[0])
        roles["deepest"] = CellSpec(grid=name, depth=depths[-1], width=widths[0])
    if len(widths) > 1 and len(depths) == 1:
        roles["narrowest"] = CellSpec(grid=name, depth=depths[0], width=widths[0])
        roles["widest"] = CellSpec(grid=name, depth=depths[0], width=widths[-1])
    return roles
