"""What the jobs about units of groups of networks are told, by their wildcards."""

from collections.abc import Mapping
from dataclasses import dataclass

from repatlas.config.convergent_learning import ConvergentLearningSpec
from repatlas.config.study import Study
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import RunSpec
from repatlas.workflow import needs
from repatlas.workflow.convergent_learning.groups import FINAL, SEEDS
from repatlas.workflow.paths import Paths
from repatlas.workflow.resources.requests import Size, Sizes, Wildcards

MATCHING, ALIGNING, CLUSTERING = 10, 80, 100
"""Operations for two networks in a layer, over the cube of its units: see `relate_minutes`."""

MAPPING = 1000
"""The same of one strength of the penalty: sweeps over all units, at the speed of memory."""


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

    # How large a job is.

    @property
    def sizes(self) -> Mapping[str, Sizes]:
        """Sizes by the name of a rule."""
        return {
            "gather_units": Sizes(self.gather_memory, self.gather_minutes),
            "match_units": Sizes(self.relate_memory, self._relating(MATCHING)),
            "map_units": Sizes(self.relate_memory, self._relating(MAPPING * len(self.spec.alphas))),
            "cluster_units": Sizes(self.relate_memory, self._relating(CLUSTERING)),
            "align_units": Sizes(self.relate_memory, self._relating(ALIGNING)),
            "measure_examples": Sizes(self.compare_memory, self.compare_minutes),
        }

    def gather_memory(self, wildcards: Wildcards) -> float:
        """Memory of gathering, in MB."""
        bins = self.spec.units.information_bins if self._counts(wildcards) else 0
        return needs.gather_memory(self._runs(wildcards), bins)

    def gather_minutes(self, wildcards: Wildcards) -> float:
        """Time of gathering, in minutes."""
        return needs.gather_minutes(self._runs(wildcards), self._probe(wildcards))

    def relate_memory(self, wildcards: Wildcards) -> float:
        """Memory of relating units to each other, in MB."""
        return needs.relate_memory(self._runs(wildcards))

    def compare_memory(self, wildcards: Wildcards) -> float:
        """Memory of comparing the stores of all networks, in MB."""
        runs = self._runs(wildcards)
        return needs.compare_memory(len(runs), runs[0], self._probe(wildcards))

    def compare_minutes(self, wildcards: Wildcards) -> float:
        """Time of comparing the stores of all networks, in minutes."""
        runs, probe = self._runs(wildcards), self._probe(wildcards)
        return needs.permute_minutes(runs, probe, self.spec.permutations)

    def _relating(self, cubes: float) -> Size:
        """Time of relating units of every two networks, in minutes."""
        return lambda wildcards: needs.relate_minutes(self._runs(wildcards), cubes)

    def _probe(self, wildcards: Wildcards) -> ProbeSpec:
        return self.study.probes[wildcards.probe]

    def _runs(self, wildcards: Wildcards) -> tuple[RunSpec, ...]:
        return self.groups[wildcards.group]

    def _counts(self, wildcards: Wildcards) -> bool:
        place = wildcards.group, wildcards.checkpoint, wildcards.probe
        return place == (SEEDS, FINAL, self.spec.probe)
