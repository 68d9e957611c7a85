"""Where the results of a run, a network or a figure lie. Paths are made here and parsed nowhere."""

from dataclasses import dataclass

from repatlas.runs import CELL_COLUMNS, run_path
from repatlas.training.spec import RunSpec


@dataclass(frozen=True)
class Paths:
    """Paths below the results folder of one study."""

    results: str

    def data(self, name: str) -> str:
        """A prepared data set."""
        return f"{self.results}/data/{name}.h5"

    def model(self, run: RunSpec) -> str:
        """The final weights of a run."""
        return f"{self.results}/models/{run_path(run)}/model.safetensors"

    def checkpoints(self, run: RunSpec) -> str:
        """The folder of the checkpoints of a run."""
        return f"{self.results}/models/{run_path(run)}/checkpoints"

    def record(self, run: RunSpec) -> str:
        """What a training run noted of itself."""
        return f"{self.results}/models/{run_path(run)}/run.json"

    def store(self, run: RunSpec, probe: str, checkpoint: str = "final") -> str:
        """The activation store of a run at a checkpoint on a probe set."""
        return f"{self.results}/stores/{run_path(run)}/{checkpoint}.{probe}.h5"

    def within(self, run: RunSpec, probe: str, checkpoint: str = "final") -> str:
        """Similarity of the layers of one network."""
        return f"{self.results}/similarity/{run_path(run)}/{checkpoint}.{probe}.h5"

    def seeds(self, run: RunSpec, probe: str, checkpoint: str = "final") -> str:
        """Similarity between all seeds of the network to which a run belongs."""
        return (
            f"{self.results}/similarity/seeds/{run_path(run, CELL_COLUMNS)}/{checkpoint}.{probe}.h5"
        )

    def checkpoints_compared(self, run: RunSpec, probe: str) -> str:
        """Similarity between all checkpoints of a run."""
        return f"{self.results}/similarity/checkpoints/{run_path(run)}/{probe}.h5"

    def examples(self, run: RunSpec, selection: str, checkpoint: str = "final") -> str:
        """Examples chosen by what a run does with them."""
        return f"{self.results}/examples/{run_path(run)}/{checkpoint}.{selection}.json"

    def measures(self, run: RunSpec, probe: str, checkpoint: str = "final") -> str:
        """Similarity of the layers of one network by other measures than linear CKA."""
        return f"{self.results}/measures/{run_path(run)}/{checkpoint}.{probe}.h5"

    def outliers(self, run: RunSpec, probe: str, checkpoint: str = "final") -> str:
        """What CKA makes of translated examples of one layer of a network."""
        return f"{self.results}/outliers/{run_path(run)}/{checkpoint}.{probe}.h5"

    def experiment(self, name: str, run: RunSpec, probe: str, checkpoint: str = "final") -> str:
        """What an experiment found of a network."""
        return f"{self.results}/experiments/{name}/{run_path(run)}/{checkpoint}.{probe}.h5"

    def trajectory(self, run: RunSpec, probe: str) -> str:
        """A network over its training."""
        return f"{self.results}/experiments/trajectory/{run_path(run)}/{probe}.h5"

    def of_group(self, kind: str, group: str, probe: str, checkpoint: str = "final") -> str:
        """What is gathered of the units of a group of networks (kind ``units``), or found there."""
        return f"{self.results}/{kind}/{group}/{checkpoint}.{probe}.h5"

    @property
    def simulation(self) -> str:
        """Exact solutions of noisy regression."""
        return f"{self.results}/simulation/alignment.h5"

    def ensemble(self, name: str) -> str:
        """A trained ensemble."""
        return f"{self.results}/ensembles/{name}.h5"

    def dynamics(self, kind: str, name: str) -> str:
        """Networks followed while they learn (kind ``trajectories``), or what is found of them."""
        return f"{self.results}/dynamics/{kind}/{name}.h5"

    @property
    def context(self) -> str:
        """Networks that have learnt the context task."""
        return f"{self.results}/dynamics/context.h5"

    @property
    def geometry(self) -> str:
        """Agreement of the distances in networks."""
        return f"{self.results}/dynamics/geometry.h5"

    def figure(self, paper: str, name: str) -> str:
        """A figure, without the ending."""
        return f"{self.results}/figures/{paper}/{name}"
