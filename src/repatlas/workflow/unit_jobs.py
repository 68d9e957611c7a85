"""What the jobs about units of groups of networks are told, by their wildcards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from repatlas.config.convergent_learning import ConvergentLearningSpec
from repatlas.config.study import Study
from repatlas.training.spec import RunSpec
from repatlas.workflow import needs
from repatlas.workflow.convergent_learning.groups import FINAL, SEEDS
from repatlas.workflow.paths import Paths

Wildcards = Any
"""Snakemake's wildcards of a job: its attributes are texts."""


@dataclass(frozen=True)
class UnitJobs:
    """Functions that rules give to Snakemake, over the groups of networks of one study."""

    study: Study
    spec: ConvergentLearningSpec
    groups: Mapping[str, tuple[RunSpec, ...]]
    paths: Paths

    # What a job is told.

    def runs_json(self, wildcards: Wildcards) -> str:
        """The networks of a job as a JSON list."""
        return f"[{', '.join(run.as_json() for run in self._runs(wildcards))}]"

    def units_json(self, wildcards: Wildcards) -> str:
        """What is gathered, as JSON; joint counts are taken only where they are looked at."""
        spec = self.spec.units
        if not self._counts(wildcards):
            spec = spec.model_copy(update={"information_layers": 0})
        return spec.model_dump_json()

    @property
    def alphas(self) -> str:
        """Strengths of the penalty, as arguments of an option."""
        return " ".join(map(str, self.spec.alphas))

    # Input files of a job.

    def weights(self, wildcards: Wildcards) -> list[str]:
        """The final weights of all networks, or the folders in which their checkpoints lie."""
        final = wildcards.checkpoint == FINAL
        place = self.paths.model if final else self.paths.checkpoints
        return [place(run) for run in self._runs(wildcards)]

    def data(self, wildcards: Wildcards) -> str:
        """The data set from which the images come that all networks see."""
        first = self._runs(wildcards)[0]
        return self.paths.data(self.study.probes[wildcards.probe].data or first.data)

    def stores(self, wildcards: Wildcards) -> list[str]:
        """The activation stores of all networks."""
        return [
            self.paths.store(run, wildcards.probe, wildcards.checkpoint)
            for run in self._runs(wildcards)
        ]

    # Resources of a job.

    def gather_memory(self, wildcards: Wildcards) -> int:
        """Memory of gathering, in MB."""
        bins = self.spec.units.information_bins if self._counts(wildcards) else 0
        return needs.gather_memory(self._runs(wildcards), bins)

    def gather_minutes(self, wildcards: Wildcards) -> int:
        """Time limit of gathering, in minutes: each network as in an extraction."""
        return 10 + sum(needs.train_minutes(run) for run in self._runs(wildcards)) // 10

    def relate_memory(self, wildcards: Wildcards) -> int:
        """Memory of relating units to each other, in MB."""
        return needs.relate_memory(self._runs(wildcards))

    def compare_memory(self, wildcards: Wildcards) -> int:
        """Memory of comparing the stores of all networks, in MB."""
        runs = self._runs(wildcards)
        return needs.compare_memory(len(runs), runs[0], self.study.probes[wildcards.probe])

    def _runs(self, wildcards: Wildcards) -> tuple[RunSpec, ...]:
        return self.groups[wildcards.group]

    def _counts(self, wildcards: Wildcards) -> bool:
        place = wildcards.group, wildcards.checkpoint, wildcards.probe
        return place == (SEEDS, FINAL, self.spec.probe)
