"""What each job that simulates or trains learners of noisy labels is told."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from repatlas.config.study import Study
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.workflow.jobs import Files
from repatlas.workflow.needs import SLOW_FLOPS, SPECTRUM_FLOPS, image_side
from repatlas.workflow.paths import Paths
from repatlas.workflow.resources.requests import Sizes, Wildcards

STEP_SECONDS = 1e-9
"""Of one weight on one example in one step on one core, generously."""

LEARNERS = 3
"""Sets of inputs of a replica: that of two learners who share it, and one of either's own."""

GREY = ("digits", "mnist")
"""Sources whose images have one channel."""


@dataclass(frozen=True)
class EnsembleJobs:
    """Functions that rules give to Snakemake, over the ensembles of one study."""

    study: Study
    paths: Paths

    @functools.cached_property
    def specs(self) -> Mapping[str, EnsembleSpec]:
        """Ensembles of the study by name."""
        paper = self.study.alignment_snr
        return {} if paper is None else paper.ensembles

    def simulation_json(self, wildcards: Wildcards) -> str:
        """The simulation of the study as JSON."""
        paper = self.study.alignment_snr
        return "" if paper is None else paper.simulation.model_dump_json()

    def spec_json(self, wildcards: Wildcards) -> str:
        """The ensemble of a job as JSON."""
        return self.specs[wildcards.ensemble].model_dump_json()

    def data(self, wildcards: Wildcards) -> list[str]:
        """The data set that an ensemble learns, if it does."""
        data = self.specs[wildcards.ensemble].data
        return [] if data is None else [self.paths.data(data)]

    def options(self, wildcards: Wildcards, input: Files) -> str:
        """The same as an option of the script."""
        return " ".join(f"--data {path}" for path in input)

    @property
    def sizes(self) -> Mapping[str, Sizes]:
        """How large a job is, by the name of its rule."""
        return {
            "simulate_alignment": Sizes(minutes=self.simulation_minutes),
            "train_ensemble": Sizes(self.memory, self.minutes),
        }

    def memory(self, wildcards: Wildcards) -> float:
        """Memory of training an ensemble, in MB: inputs and hidden layers of all its networks."""
        spec = self.specs[wildcards.ensemble]
        each = self._inputs(spec) + 4 * spec.width
        return 4 * _networks(spec) * max(spec.samples) * each / 1e6

    def minutes(self, wildcards: Wildcards) -> float:
        """Time of training an ensemble, in minutes."""
        spec = self.specs[wildcards.ensemble]
        weights = _networks(spec) * self._inputs(spec) * spec.width
        return spec.steps * sum(spec.samples) * weights * STEP_SECONDS / 60

    def simulation_minutes(self, wildcards: Wildcards) -> float:
        """Time of the simulation, in minutes: a spectrum for each set of inputs."""
        paper = self.study.alignment_snr
        if paper is None:
            return 0.0
        spec = paper.simulation
        sizes = [max(spec.samples(ratio), spec.inputs) for ratio in spec.ratios]
        spectra = LEARNERS * spec.replicas * SPECTRUM_FLOPS * spec.inputs**2 * sum(sizes)
        return spectra / SLOW_FLOPS / 60

    def _inputs(self, spec: EnsembleSpec) -> int:
        if spec.data is None:
            return spec.inputs
        data = self.study.data[spec.data]
        channels = 1 if data.source in GREY else 3
        return channels * image_side(data) ** 2


def _networks(spec: EnsembleSpec) -> int:
    """Networks that are trained at once."""
    settings = spec.draws * len(spec.init_scales) * len(spec.snrs)
    return settings * (spec.members + spec.shuffled)
