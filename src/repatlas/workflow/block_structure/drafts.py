"""How the plan of a figure of this paper is put together: its files by options of its script."""

from collections.abc import Sequence
from dataclasses import dataclass

from repatlas.config.block_structure import BlockStructureSpec
from repatlas.figures.spec import Cell, Layout
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import RunSpec
from repatlas.workflow.block_structure.networks import Networks
from repatlas.workflow.figure_plan import FigurePlan, plan_figure
from repatlas.workflow.paths import Paths


@dataclass(frozen=True)
class Drafts:
    """What every plan of this paper is made from."""

    networks: Networks
    paths: Paths

    @property
    def spec(self) -> BlockStructureSpec:
        """The paper's section of the study."""
        return self.networks.spec

    @property
    def fit(self) -> float:
        """Train accuracy below which a network did not fit."""
        return self.networks.table.study.claims.fit_accuracy

    def plan(
        self, name: str, number: str, shows: str, kind: str, layout: Layout, **inputs: Sequence[str]
    ) -> FigurePlan:
        """Plan of a figure.

        Parameters
        ----------
        name
            Of the figure: a target of the workflow.
        number
            As the paper has it.
        shows
            A few words for the report.
        kind
            Of the script that draws it: ``scripts/plot_<kind>.py``.
        inputs
            Files by option of the script; each file once, options without files are left out.
        """
        stem = self.paths.figure("block_structure", name)
        return plan_figure(stem, number, shows, kind, layout, inputs)

    def within(self, runs: Sequence[RunSpec], probe: str | None = None) -> list[str]:
        """Similarity files of single networks, on the paper's probe set or another."""
        return [self.paths.within(run, probe or self.spec.probe) for run in runs]

    def between(self, runs: Sequence[RunSpec]) -> list[str]:
        """Similarity files between the seeds of the networks."""
        return [self.paths.seeds(run, self.spec.probe) for run in runs]

    def stores(self, runs: Sequence[RunSpec], probe: str | None = None) -> list[str]:
        """Activation stores, on the paper's probe set or another."""
        return [self.paths.store(run, probe or self.spec.probe) for run in runs]

    def experiments(self, name: str, runs: Sequence[RunSpec]) -> list[str]:
        """What an experiment found of networks."""
        return [self.paths.experiment(name, run, self.spec.probe) for run in runs]

    def measures(self, runs: Sequence[RunSpec], probe: str | None = None) -> list[str]:
        """Similarity by other measures."""
        return [self.paths.measures(run, probe or self.spec.probe) for run in runs]

    def data(self, run: RunSpec) -> str:
        """The data set from which the probe images of a network come."""
        return self.paths.data(self.probe_spec(self.spec.probe).data or run.data)

    def probe_spec(self, probe: str) -> ProbeSpec:
        """A probe set of the study."""
        return self.networks.table.study.probes[probe]

    def place(self, run: RunSpec, name: str | None = None, probe: str | None = None) -> Cell:
        """A run as a figure's layout names it, with the title of its panel if it is to have one."""
        return Cell(
            data=run.data,
            training=run.training,
            network=run.network,
            depth=run.depth,
            width=run.width,
            seed=run.seed,
            order=run.order,
            probe=None if probe is None else self.probe_spec(probe),
            name=name,
        )

    def places(self, runs: Sequence[RunSpec]) -> tuple[Cell, ...]:
        """Several runs as a layout names them."""
        return tuple(map(self.place, runs))
