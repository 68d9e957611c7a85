"""What each job that simulates or trains learners of noisy labels is told."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from repatlas.config.study import Study
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.workflow.jobs import Files, Wildcards
from repatlas.workflow.needs import BASE_MB, image_side
from repatlas.workflow.paths import Paths

STEP_SECONDS = 1e-9
"""Of one weight on one example in one step on one core, generously."""

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

    def memory(self, wildcards: Wildcards) -> int:
        """Memory of training an ensemble, in MB: inputs and hidden layers of all its networks."""
        spec = self.specs[wildcards.ensemble]
        each = self._inputs(spec) + 4 * spec.width
        return BASE_MB + round(4 * _networks(spec) * max(spec.samples) * each / 1e6)

    def minutes(self, wildcards: Wildcards) -> int:
        """Time limit of training an ensemble, in minutes."""
        spec = self.specs[wildcards.ensemble]
        weights = _networks(spec) * self._inputs(spec) * spec.width
        return 5 + round(spec.steps * sum(spec.samples) * weights * STEP_SECONDS / 60)

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
