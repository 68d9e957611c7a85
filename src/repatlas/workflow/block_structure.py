"""What the figures and claims of the block-structure paper need of a study."""

from collections.abc import Sequence
from dataclasses import dataclass

from repatlas.claims.evidence import CellFiles, EvidenceFiles, NetworkFiles, Role
from repatlas.config.study import BlockStructureSpec, CellSpec, GridSpec
from repatlas.figures.spec import (
    Cell,
    ComponentsLayout,
    EmergenceLayout,
    EmergenceRow,
    LayerChoice,
    Layout,
    ProjectionsLayout,
    SeedsLayout,
    SeedsRow,
    ShareLayout,
    SharesLayout,
)
from repatlas.runs import RunTable, cell_key
from repatlas.training.spec import RunSpec
from repatlas.workflow.figure_plan import FigurePlan
from repatlas.workflow.paths import Paths

SEEDS_SHOWN = 2
"""Figures that show single networks show this many seeds of one."""


@dataclass(frozen=True)
class BlockStructure:
    """The paper's section of a study, resolved to runs and files."""

    table: RunTable
    paths: Paths
    spec: BlockStructureSpec

    title = "On the Origins of the Block Structure Phenomenon"

    def figures(self) -> dict[str, FigurePlan]:
        """Every figure that the study can draw, by name."""
        plans = [self._emergence(), self._share(), self._components(), self._shares()]
        if self._pairs():
            plans.append(self._seeds_compared())
        if self.spec.large is not None:
            layers = LayerChoice(block_quantiles=(1 / 3, 2 / 3))
            plans.append(self._projections("fig3_projections", "Fig 3", self.spec.large, layers))
        if self.spec.small is not None:
            layers = LayerChoice(depth_fractions=(1 / 4, 2 / 4, 3 / 4, 1))
            plans.append(self._projections("figD1_projections", "Fig D.1", self.spec.small, layers))
        return {plan.stem.rsplit("/", 1)[-1]: plan for plan in plans}

    def evidence(self) -> EvidenceFiles:
        """Every network on which a claim is judged, by the role that it plays."""
        return EvidenceFiles(
            roles={role: self._cell_files(cell) for role, cell in self._roles().items()}
        )

    def evidence_files(self) -> list[str]:
        """All files that the evidence names, each once."""
        files: dict[str, None] = {}
        for cell in self.evidence().roles.values():
            files |= {str(network.similarity): None for network in cell.networks}
            files |= {str(network.store): None for network in cell.networks if network.store}
            files |= {str(file): None for file in (cell.between, cell.data) if file}
        return list(files)

    # One method a figure.

    def _emergence(self) -> FigurePlan:
        rows = self._rows()
        layout = EmergenceLayout(
            rows=tuple(
                EmergenceRow(title=title, cells=tuple(map(place, runs)))
                for title, runs in rows.items()
            ),
            least_train_accuracy=self._fit,
        )
        runs = [run for row in rows.values() for run in row]
        return self._plan("fig1a_emergence", "Fig 1a", "CKA by depth and width", layout, runs)

    def _share(self) -> FigurePlan:
        runs = self._contrast()
        layout = ShareLayout(
            cells=tuple(map(place, runs)), layers="relu", least_train_accuracy=self._fit
        )
        return self._plan("fig2a_share", "Fig 2a", "share of the first component", layout, runs)

    def _shares(self) -> FigurePlan:
        cells = [key for row in self._rows().values() for key in map(cell_key, row)]
        runs = [run for key in dict.fromkeys(cells) for run in self.table.by_cell[key]]
        layout = SharesLayout(cells=tuple(map(place, runs)), least_train_accuracy=self._fit)
        shows = "share of the first component, all seeds"
        return self._plan("beyond_shares", "beyond", shows, layout, runs)

    def _seeds_compared(self) -> FigurePlan:
        pairs = self._pairs()
        layout = SeedsLayout(
            rows=tuple(SeedsRow(first=place(one), second=place(two)) for one, two in pairs),
            least_train_accuracy=self._fit,
        )
        runs = [run for pair in pairs for run in pair]
        between = [self.paths.seeds(pair[0], self.spec.probe) for pair in pairs]
        shows = "CKA within and across seeds"
        return self._plan("fig2b_seeds", "Fig 2b", shows, layout, runs, between=between)

    def _components(self) -> FigurePlan:
        runs = self._contrast()[::-1]
        layout = ComponentsLayout(
            cells=tuple(map(place, runs)), layers="relu", least_train_accuracy=self._fit
        )
        shows = "CKA, first component, CKA without it"
        return self._plan("figC1_components", "Fig C.1", shows, layout, runs)

    def _projections(
        self, name: str, number: str, cell: CellSpec, layers: LayerChoice
    ) -> FigurePlan:
        runs = self.table.of_cell(cell)[:SEEDS_SHOWN]
        layout = ProjectionsLayout(
            cells=tuple(map(place, runs)),
            layers=layers,
            least_train_accuracy=self._fit,
        )
        return self._plan(
            name,
            number,
            f"projections on the first component, {runs[0].label}",
            layout,
            runs,
            stores=[self.paths.store(run, self.spec.probe) for run in runs],
            data=[self._data(runs[0])],
        )

    def _plan(
        self,
        name: str,
        number: str,
        shows: str,
        layout: Layout,
        runs: Sequence[RunSpec],
        between: Sequence[str] = (),
        **inputs: list[str],
    ) -> FigurePlan:
        within = dict.fromkeys(self.paths.within(run, self.spec.probe) for run in runs)
        return FigurePlan(
            number=number,
            shows=shows,
            script=f"plot_{name.split('_', 1)[1]}.py",
            stem=self.paths.figure("block_structure", name),
            arrangement=layout,
            inputs={"similarity": [*within, *between], **inputs},
        )

    # Runs behind a figure or a role.

    @property
    def _fit(self) -> float:
        return self.table.study.claims.fit_accuracy

    def _pairs(self) -> list[list[RunSpec]]:
        """The first seeds of the small, then of the large network, where they have several."""
        cells = [self.table.of_cell(cell) for cell in (self.spec.small, self.spec.large) if cell]
        return [seeds[:SEEDS_SHOWN] for seeds in cells if len(seeds) >= SEEDS_SHOWN]

    def _contrast(self) -> list[RunSpec]:
        """One seed of the small and of the large network, or of the first grid's ends."""
        cells = [cell for cell in (self.spec.small, self.spec.large) if cell]
        if cells:
            return [self.table.of_cell(cell)[0] for cell in cells]
        runs = next(iter(self._rows().values()))
        return runs if len(runs) == 1 else [runs[0], runs[-1]]

    def _rows(self) -> dict[str, list[RunSpec]]:
        """One network of each depth and width, by the title of its row."""
        rows = {}
        for title, grid in self.spec.emergence.items():
            networks: dict[tuple[int, int], RunSpec] = {}
            for run in self.table.of_grid(grid):
                networks.setdefault((run.depth, run.width), run)
            rows[title] = list(networks.values())
        return rows

    def _roles(self) -> dict[Role, CellSpec]:
        roles: dict[Role, CellSpec] = {}
        for grid in self.spec.emergence.values():
            roles = _extremes(grid, self.table.study.grids[grid]) | roles
        named: dict[Role, CellSpec | None] = {"large": self.spec.large, "small": self.spec.small}
        return roles | {role: cell for role, cell in named.items() if cell is not None}

    def _cell_files(self, cell: CellSpec) -> CellFiles:
        seeds, probe = self.table.of_cell(cell), self.spec.probe
        return CellFiles(
            label=self._label(seeds[0]),
            networks=tuple(
                NetworkFiles(
                    similarity=self.paths.within(run, probe), store=self.paths.store(run, probe)
                )
                for run in seeds
            ),
            between=self.paths.seeds(seeds[0], probe) if len(seeds) > 1 else None,
            data=self._data(seeds[0]),
        )

    def _data(self, run: RunSpec) -> str:
        """The data set from which the probe images of a network come."""
        return self.paths.data(self.table.study.probes[self.spec.probe].data or run.data)

    def _label(self, run: RunSpec) -> str:
        """The network's name, with data set and recipe where the study has several."""
        study = self.table.study
        data = [run.data] if len(study.data) > 1 else []
        training = [run.training] if len(study.training) > 1 else []
        return ", ".join([run.label, *data, *training])


def place(run: RunSpec) -> Cell:
    """A run as a figure's layout names it."""
    return Cell(
        data=run.data,
        training=run.training,
        network=run.network,
        depth=run.depth,
        width=run.width,
        seed=run.seed,
        order=run.order,
    )


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
