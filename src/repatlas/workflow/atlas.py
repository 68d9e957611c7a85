"""A study as the Snakefile sees it: runs, wildcards, parameters of jobs, hashes of code."""

import atexit
import functools
import gc
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repatlas.config.load import load_study, parse_study, read_yaml
from repatlas.config.study import Study
from repatlas.errors import InputError
from repatlas.files import atomic_file
from repatlas.provenance import STUDY_CONFIG_VARIABLE
from repatlas.runs import CELL_COLUMNS, COLUMNS, RunKey, RunTable, run_table
from repatlas.training.spec import RunSpec, checkpoint_names
from repatlas.workflow import needs
from repatlas.workflow.block_structure import BlockStructure
from repatlas.workflow.paths import Paths
from repatlas.workflow.sources import code_hash, remember

Wildcards = Any
"""Snakemake's wildcards of a job: its attributes are texts."""


@dataclass(frozen=True)
class Atlas:
    """The resolved study with everything that rules ask of it."""

    base: Path
    study: Study

    @functools.cached_property
    def runs(self) -> RunTable:
        """Every network of the study."""
        return run_table(self.study)

    @property
    def results(self) -> str:
        """Folder of all results of the study."""
        return f"results/{self.study.study}"

    @functools.cached_property
    def block_structure(self) -> BlockStructure:
        """The block-structure paper's figures and claims."""
        return BlockStructure(self.runs, self.paths, self.study.block_structure)

    @property
    def paths(self) -> Paths:
        """Where the results lie."""
        return Paths(self.results)

    @functools.cached_property
    def resolved(self) -> str:
        """The study, whole, as JSON with sorted keys."""
        return json.dumps(self.study.model_dump(mode="json", by_alias=True), sort_keys=True)

    @functools.cached_property
    def config_hash(self) -> str:
        """Twelve hexadecimal digits that name the resolved config."""
        return hashlib.sha256(self.resolved.encode()).hexdigest()[:12]

    @property
    def frozen_config(self) -> Path:
        """Where the resolved config is kept; one file for each config that ever ran."""
        return Path(self.results, "config", f"{self.config_hash}.json")

    def freeze(self) -> None:
        """Write the resolved config once, before the first job."""
        if not self.frozen_config.exists():
            with atomic_file(self.frozen_config) as sibling:
                sibling.write_text(json.dumps(json.loads(self.resolved), indent=2) + "\n")

    @functools.cached_property
    def wildcard_constraints(self) -> dict[str, str]:
        """Wildcards take the values of this study only: a mistyped target matches no rule."""
        keys = zip(*self.runs.by_key, strict=True)
        values = {column: sorted(set(known)) for column, known in zip(COLUMNS, keys, strict=True)}
        values["data"] = sorted(self.study.data)
        values["probe"] = sorted(self.study.probes)
        constraints = {name: "|".join(known) for name, known in values.items()}
        return constraints | {"checkpoint": r"final|epoch-\d+|step-\d+"}

    def code(self, script: str) -> str:
        """Hash of the code behind a script of this checkout."""
        return code_hash(self.base / "scripts" / script)

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

    def run_json(self, wildcards: Wildcards) -> str:
        """The run of a job as JSON."""
        return self._run_texts[_key(wildcards)]

    def data_json(self, wildcards: Wildcards) -> str:
        """The data set of a job as JSON."""
        return self.study.data[wildcards.data].model_dump_json()

    def probe_json(self, wildcards: Wildcards) -> str:
        """The probe set of a job as JSON."""
        return self.study.probes[wildcards.probe].model_dump_json()

    # Input files of a job.

    @property
    def weights_are_given(self) -> bool:
        """Whether any network of the study starts from weights of the user's."""
        return any(network.weights is not None for network in self.study.networks.values())

    def given_weights(self, wildcards: Wildcards) -> list[str]:
        """The user's own weights that a run starts from, if the study names any."""
        weights = self.run(wildcards).network_spec.weights
        return [] if weights is None else [weights]

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
            for run in self._cell(wildcards)
        ]

    def stores_of_checkpoints(self, wildcards: Wildcards) -> list[str]:
        """The stores of all checkpoints of a run, the final network last."""
        run = self.run(wildcards)
        names = [*checkpoint_names(run.training_spec), "final"]
        return [self.paths.store(run, wildcards.probe, name) for name in names]

    # Resources of a job.

    def data_memory(self, wildcards: Wildcards) -> int:
        """Memory of preparing a data set, in MB."""
        return needs.data_memory(self.study.data[wildcards.data])

    def train_memory(self, wildcards: Wildcards) -> int:
        """Memory of a training job, in MB."""
        return needs.train_memory(self.run(wildcards))

    def train_minutes(self, wildcards: Wildcards) -> int:
        """Time limit of a training job, in minutes."""
        return needs.train_minutes(self.run(wildcards))

    def extract_memory(self, wildcards: Wildcards) -> int:
        """Memory of an extraction job, in MB."""
        return needs.extract_memory(self.run(wildcards), self.study.probes[wildcards.probe])

    def extract_minutes(self, wildcards: Wildcards) -> int:
        """Time limit of an extraction job, in minutes: as training, whose epochs cost more."""
        return 10 + needs.train_minutes(self.run(wildcards)) // 10

    def compare_memory(self, wildcards: Wildcards) -> int:
        """Memory of a comparison, in MB."""
        seeds = self._cell(wildcards)
        run = seeds[0]
        count = len(run.training_spec.checkpoints.epochs) + len(seeds) + 1
        return needs.compare_memory(count, run, self.study.probes[wildcards.probe])

    def _cell(self, wildcards: Wildcards) -> list[RunSpec]:
        return self.runs.by_cell[tuple(getattr(wildcards, column) for column in CELL_COLUMNS)]

    @functools.cached_property
    def _run_texts(self) -> dict[RunKey, str]:
        return {key: run.as_json() for key, run in self.runs.by_key.items()}


def _key(wildcards: Wildcards) -> RunKey:
    return tuple(getattr(wildcards, column) for column in COLUMNS)


def open_atlas(folder: str, overlay: Mapping[str, Any], main_process: bool) -> Atlas:
    """Read the study for a Snakefile; a faulty one ends Snakemake with one line a fault.

    The main process reads the config and names the frozen copy to every job through the
    environment. Jobs that parse the Snakefile again, as on a cluster, read that copy: editing the
    config in the middle of a run changes none of its jobs.
    """
    base = Path(folder)
    frozen = os.environ.get(STUDY_CONFIG_VARIABLE)
    try:
        if frozen and not main_process:
            return Atlas(base, parse_study(read_yaml(Path(frozen))))
        atlas = Atlas(base, load_study(base / "config.yaml", overlay))
        _check_given_files(atlas.study)
    except InputError as error:
        sys.exit(f"error: {error}")
    atexit.register(remember)
    # A plan of thousands of jobs is a large graph with hardly any garbage: looking for it less
    # often takes a fifth off the time of planning.
    gc.set_threshold(200_000, 50, 50)
    os.environ[STUDY_CONFIG_VARIABLE] = str(atlas.frozen_config.resolve())
    # Environments that Snakemake makes for a rule hold the packages but not this one.
    paths = [str(base / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    return atlas


def _check_given_files(study: Study) -> None:
    """Refuse files named by the study that do not exist, before any job starts."""
    for name, network in study.networks.items():
        if network.weights is not None and not Path(network.weights).is_file():
            raise InputError(
                f"networks.{name}.weights: there is no file {network.weights!r}; name an existing "
                "safetensors file"
            )
    for name, data in study.data.items():
        if data.root is not None and not data.download and not Path(data.root).exists():
            raise InputError(
                f"data.{name}.root: there is no {data.root!r}; name an existing folder or archive"
                + ("" if data.source == "tree" else ", or set download: true")
            )
