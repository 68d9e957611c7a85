"""How large the jobs about single networks are, by their wildcards."""

from collections.abc import Mapping
from dataclasses import dataclass

from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import TrainingSpec, checkpoint_names
from repatlas.workflow import needs
from repatlas.workflow.jobs import Jobs
from repatlas.workflow.resources.requests import Sizes, Wildcards


@dataclass(frozen=True)
class RunSizes:
    """Memory (MB) and time (minutes) that the networks and images of a job account for."""

    jobs: Jobs

    @property
    def sizes(self) -> Mapping[str, Sizes]:
        """Sizes by the name of a rule."""
        return {
            "prepare_data": Sizes(self.data_memory),
            "train": Sizes(self.train_memory, self.train_minutes),
            "extract": Sizes(self.extract_memory, self.extract_minutes),
            "experiment": Sizes(self.extract_memory, self.experiment_minutes),
            "follow_training": Sizes(self.extract_memory, self.follow_minutes),
            "compare_layers": Sizes(self.layers_memory, self.layers_minutes),
            "compare_seeds": Sizes(self.seeds_memory, self.seeds_minutes),
            "compare_checkpoints": Sizes(self.checkpoints_memory, self.checkpoints_minutes),
            "measure_layers": Sizes(self.layers_memory, self.measure_minutes),
            "translate_examples": Sizes(self.translate_memory),
        }

    def data_memory(self, wildcards: Wildcards) -> float:
        """Of preparing a data set."""
        return needs.data_memory(self.jobs.study.data[wildcards.data])

    def train_memory(self, wildcards: Wildcards) -> float:
        """Of a training."""
        return needs.train_memory(self.jobs.run(wildcards))

    def train_minutes(self, wildcards: Wildcards) -> float:
        """Of a training."""
        return needs.train_minutes(self.jobs.run(wildcards))

    def extract_memory(self, wildcards: Wildcards) -> float:
        """Of an extraction, or of an experiment, which holds no more."""
        return needs.extract_memory(self.jobs.run(wildcards), self._probe(wildcards))

    def extract_minutes(self, wildcards: Wildcards) -> float:
        """Of an extraction."""
        return needs.extract_minutes(self.jobs.run(wildcards), self._probe(wildcards))

    def experiment_minutes(self, wildcards: Wildcards) -> float:
        """Of an experiment."""
        return needs.experiment_minutes(self.jobs.run(wildcards), self._probe(wildcards))

    def follow_minutes(self, wildcards: Wildcards) -> float:
        """Of following a training."""
        run = self.jobs.run(wildcards)
        return needs.follow_minutes(run, self._probe(wildcards), _checkpoints(run.training_spec))

    def layers_memory(self, wildcards: Wildcards) -> float:
        """Of comparing the layers of one network."""
        return needs.compare_memory(1, self.jobs.run(wildcards), self._probe(wildcards))

    def layers_minutes(self, wildcards: Wildcards) -> float:
        """Of comparing the layers of one network."""
        return needs.compare_minutes(1, self.jobs.run(wildcards), self._probe(wildcards))

    def seeds_memory(self, wildcards: Wildcards) -> float:
        """Of comparing all seeds of a network."""
        runs = self.jobs.cell(wildcards)
        return needs.compare_memory(len(runs), runs[0], self._probe(wildcards))

    def seeds_minutes(self, wildcards: Wildcards) -> float:
        """Of comparing all seeds of a network."""
        runs = self.jobs.cell(wildcards)
        return needs.compare_minutes(len(runs), runs[0], self._probe(wildcards))

    def checkpoints_memory(self, wildcards: Wildcards) -> float:
        """Of comparing a network with its checkpoints."""
        run = self.jobs.run(wildcards)
        count = _checkpoints(run.training_spec) + 1
        return needs.compare_memory(count, run, self._probe(wildcards))

    def checkpoints_minutes(self, wildcards: Wildcards) -> float:
        """Of comparing a network with its checkpoints."""
        run = self.jobs.run(wildcards)
        count = _checkpoints(run.training_spec) + 1
        return needs.compare_minutes(count, run, self._probe(wildcards))

    def measure_minutes(self, wildcards: Wildcards) -> float:
        """Of comparing the block outputs of a network by all measures."""
        return needs.measure_minutes(self.jobs.run(wildcards), self._probe(wildcards))

    def translate_memory(self, wildcards: Wildcards) -> float:
        """Of translating examples."""
        return needs.translate_memory(self.jobs.run(wildcards), self._probe(wildcards))

    def _probe(self, wildcards: Wildcards) -> ProbeSpec:
        return self.jobs.study.probes[wildcards.probe]


def _checkpoints(recipe: TrainingSpec) -> int:
    return len(checkpoint_names(recipe))
