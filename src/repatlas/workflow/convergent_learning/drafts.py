"""How the plan of a figure on units is put together: its files by options of its script."""

from collections.abc import Sequence
from dataclasses import dataclass

from repatlas.config.convergent_learning import ConvergentLearningSpec
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.runs import RunTable
from repatlas.workflow.convergent_learning.groups import FINAL, SEEDS, UNTRAINED, unit_groups
from repatlas.workflow.figure_plan import FigurePlan, plan_figure
from repatlas.workflow.paths import Paths


@dataclass(frozen=True)
class Drafts:
    """What every plan of these papers is made from."""

    table: RunTable
    paths: Paths
    spec: ConvergentLearningSpec

    def plan(
        self, name: str, number: str, shows: str, kind: str, **inputs: Sequence[str]
    ) -> FigurePlan:
        """Plan of a figure; parameters as in `repatlas.workflow.figure_plan.plan_figure`."""
        layout = UnitsLayout(least_train_accuracy=self.table.study.claims.fit_accuracy)
        stem = self.paths.figure("convergent_learning", name)
        return plan_figure(stem, number, shows, f"unit_{kind}", layout, inputs)

    def found(
        self,
        kind: str,
        checkpoint: str = FINAL,
        *,
        group: str = SEEDS,
        probe: str | None = None,
    ) -> list[str]:
        """What is gathered of a group of networks (kind ``units``), or found between its units."""
        return [self.paths.of_group(kind, group, probe or self.spec.probe, checkpoint)]

    def untrained(self, kind: str) -> list[str]:
        """The same of the seeds before their training."""
        return self.found(kind, UNTRAINED)

    def over_training(self) -> dict[str, str]:
        """Maps between the seeds by checkpoint, in the order of training, without the final one."""
        return {
            name: path for name in self.spec.checkpoints for path in self.found("alignments", name)
        }

    def shifted(self) -> dict[str, str]:
        """Maps between the seeds on shifted images, by the title of the shift."""
        return {
            title: path
            for title, probe in self.spec.shifts.items()
            for path in self.found("alignments", probe=probe)
        }

    @property
    def has_widths(self) -> bool:
        """Whether the study has a wider network."""
        return self.spec.wider is not None

    @property
    def data(self) -> list[str]:
        """The data set from which the images come that all networks see."""
        first = unit_groups(self.table, self.spec)[SEEDS][0]
        return [self.paths.data(self.table.study.probes[self.spec.probe].data or first.data)]
