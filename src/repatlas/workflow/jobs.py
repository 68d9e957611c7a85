"""What each job of a study is told: its parameters and input files, by its wildcards."""

import functools
from dataclasses import dataclass
from typing import Any

from snakemake.io import local

from repatlas.config.study import Study
from repatlas.errors import InputError
from repatlas.runs import CELL_COLUMNS, COLUMNS, RunKey, RunTable
from repatlas.training.spec import RunSpec, checkpoint_names
from repatlas.workflow.paths import Paths
from repatlas.workflow.resources.requests import Wildcards
from repatlas.workflow.selections import Selection, for_probe, for_training, selections

Files = Any
"""Snakemake's input files of a job, as they lie on the machine that runs it: with results in an
object store those are other places than the study's own."""


@dataclass(frozen=True)
class Jobs:
    """Functions that rules give to Snakemake, over the runs of one study."""

    study: Study
    runs: RunTable
    paths: Paths

    @functools.cached_property
    def selections(self) -> dict[str, Selection]:
        """Images chosen by what networks do with them, by name."""
        return selections(self.study)

    # What a job is told, looked up by its wildcards.

    def run(self, wildcards: Wildcards) -> RunSpec:
        """The run that a job's wildcards name.

        Raises
        ------
        InputError
            The study has no such run (every part exists, but not together).
        """
        key = _key(wildcards)
        try:
            return self.runs.by_key[key]
        except KeyError:
            name = "/".join(f"{column}~{value}" for column, value in zip(COLUMNS, key, strict=True))
            raise InputError(f"study {self.study.study} has no run {name}: see its grids") from None

    def cell(self, wildcards: Wildcards) -> list[RunSpec]:
        """All seeds of the network that a job's wildcards name."""
        return self.runs.by_cell[tuple(getattr(wildcards, column) for column in CELL_COLUMNS)]

    def run_json(self, wildcards: Wildcards) -> str:
        """The run of a job as JSON."""
        return self._run_texts[_key(wildcards)]

    def data_json(self, wildcards: Wildcards) -> str:
        """The data set of a job as JSON."""
        return self.study.data[wildcards.data].model_dump_json()

    def probe_json(self, wildcards: Wildcards) -> str:
        """The probe set of a job as JSON."""
        return self.study.probes[wildcards.probe].model_dump_json()

    def selection_options(self, wildcards: Wildcards) -> str:
        """The choice of images that a job makes, as options of its script."""
        choice = self.selections[wildcards.selection]
        return f"--images {choice.images} --fraction {choice.fraction}"

    # Input files of a job. Most runs and probe sets need nothing but the files that every job of
    # their rule has; asking each of thousands of jobs for more costs planning time, so it is done
    # only in studies in which any job needs more.

    @functools.cached_property
    def runs_need_more(self) -> bool:
        """Whether any run starts from given weights, another run's, or chosen examples."""
        return any(map(_needs_more, self.runs.runs))

    def training_inputs(self, wildcards: Wildcards) -> dict[str, str]:
        """What a run needs besides its data, by the option of the training script."""
        run = self.run(wildcards)
        found = {}
        if run.start_run is not None:
            found["start"] = self.paths.model(run.start_run)
        if run.edit_run is not None:
            found["examples"] = self.paths.examples(run.edit_run, for_training(run.training))
        return found

    def training_options(self, wildcards: Wildcards, input: Files) -> str:
        """The same as options."""
        if not self.runs_need_more:
            return ""
        names = self.training_inputs(wildcards)
        return " ".join(f"--{name} {path}" for name, path in zip(names, input.more, strict=False))

    def more_for_training(self, wildcards: Wildcards) -> list[str]:
        """The same as input files, and after them the user's own weights that the run starts from.

        Those lie on the user's disk wherever the results are stored.
        """
        weights = self.run(wildcards).network_spec.weights
        return [*self.training_inputs(wildcards).values(), *map(local, filter(None, [weights]))]

    @functools.cached_property
    def probes_need_more(self) -> bool:
        """Whether any probe set leaves out chosen examples."""
        return any(probe.without is not None for probe in self.study.probes.values())

    def left_out(self, wildcards: Wildcards) -> list[str]:
        """The choice of examples that a probe set leaves out, if it does."""
        if self.study.probes[wildcards.probe].without is None:
            return []
        selection = for_probe(wildcards.probe)
        return [self.paths.examples(self.run(wildcards), selection, wildcards.checkpoint)]

    def extract_options(self, wildcards: Wildcards, input: Files) -> str:
        """The same as options of the extraction script."""
        return " ".join(f"--without {path}" for path in input.without)

    def selection_inputs(self, wildcards: Wildcards) -> dict[str, str]:
        """Store and similarity of the network that chooses examples."""
        run, probe = self.run(wildcards), self.selections[wildcards.selection].probe
        return {
            "store": self.paths.store(run, probe, wildcards.checkpoint),
            "similarity": self.paths.within(run, probe, wildcards.checkpoint),
        }

    def checkpoint_weights(self, wildcards: Wildcards) -> str:
        """The final weights, or the folder in which the checkpoint of a job lies."""
        run = self.run(wildcards)
        final = wildcards.checkpoint == "final"
        return self.paths.model(run) if final else self.paths.checkpoints(run)

    def probe_data(self, wildcards: Wildcards) -> str:
        """The data set from which the probe set of a job is taken."""
        return self.paths.data(self.study.probes[wildcards.probe].data or wildcards.data)

    def stores_of_seeds(self, wildcards: Wildcards) -> list[str]:
        """The stores of all seeds of a network."""
        return [
            self.paths.store(run, wildcards.probe, wildcards.checkpoint)
            for run in self.cell(wildcards)
        ]

    def stores_of_checkpoints(self, wildcards: Wildcards) -> list[str]:
        """The stores of all checkpoints of a run, the final network last."""
        run = self.run(wildcards)
        names = [*checkpoint_names(run.training_spec), "final"]
        return [self.paths.store(run, wildcards.probe, name) for name in names]

    @functools.cached_property
    def _run_texts(self) -> dict[RunKey, str]:
        return {key: run.as_json() for key, run in self.runs.by_key.items()}


def _needs_more(run: RunSpec) -> bool:
    others = (run.network_spec.weights, run.start_run, run.edit_run)
    return any(other is not None for other in others)


def _key(wildcards: Wildcards) -> RunKey:
    return tuple(getattr(wildcards, column) for column in COLUMNS)
