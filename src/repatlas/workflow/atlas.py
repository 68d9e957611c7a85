"""A study as the Snakefile sees it: runs, wildcards, jobs, papers, hashes of code."""

import functools
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repatlas.claims.evidence import EvidenceFiles
from repatlas.config.study import Study
from repatlas.errors import disk_fault
from repatlas.files import atomic_file
from repatlas.runs import COLUMNS, RunTable, run_table
from repatlas.workflow.alignment_snr.paper import AlignmentSnr
from repatlas.workflow.block_structure.paper import BlockStructure
from repatlas.workflow.convergent_learning.groups import unit_groups
from repatlas.workflow.convergent_learning.paper import ConvergentLearning
from repatlas.workflow.ensembles import EnsembleJobs
from repatlas.workflow.jobs import Files, Jobs, Wildcards
from repatlas.workflow.paths import Paths
from repatlas.workflow.resources.coefficients import COEFFICIENTS_FILE, read_coefficients
from repatlas.workflow.resources.requests import Requests
from repatlas.workflow.run_sizes import RunSizes
from repatlas.workflow.sources import code_hash, remember
from repatlas.workflow.storage import relocated
from repatlas.workflow.unit_jobs import UnitJobs
from repatlas.workflow.universality.jobs import FITTED, FOLLOWED, DynamicsJobs
from repatlas.workflow.universality.paper import Universality

Paper = BlockStructure | ConvergentLearning | AlignmentSnr | Universality
"""A paper in a study: its figures, and the evidence for its claims."""

EXPERIMENTS = ("ablation", "deletion", "linear_probes", "synthetic")
"""Experiments that take a network with its store and its similarity file."""


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

    @functools.cached_property
    def convergent_learning(self) -> ConvergentLearning | None:
        """Figures and claims on convergent learning; None where the study has nothing of it."""
        spec = self.study.convergent_learning
        return None if spec is None else ConvergentLearning(self.runs, self.paths, spec)

    @functools.cached_property
    def alignment_snr(self) -> AlignmentSnr | None:
        """Figures and claims on signal-to-noise ratio; None where the study has nothing of it."""
        spec = self.study.alignment_snr
        return None if spec is None else AlignmentSnr(self.paths, spec)

    @functools.cached_property
    def universality(self) -> Universality | None:
        """Figures and claims on followed networks; None where the study has nothing of them."""
        spec = self.study.universality
        return None if spec is None else Universality(self.paths, spec)

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers that the study has, in the order of the report."""
        papers = (
            self.block_structure,
            self.convergent_learning,
            self.alignment_snr,
            self.universality,
        )
        return tuple(paper for paper in papers if paper is not None)

    @property
    def claims_files(self) -> list[str]:
        """The files with the claims of all papers, from the checkout's folder."""
        names = [name for paper in self.papers for name in paper.claims]
        return [f"workflow/claims/{name}.yaml" for name in names]

    @functools.cached_property
    def claims_hash(self) -> str:
        """Twelve hexadecimal digits that name what those files say."""
        digest = hashlib.sha256()
        for path in self.claims_files:
            digest.update((self.base / path).read_bytes())
        return digest.hexdigest()[:12]

    @property
    def evidence(self) -> EvidenceFiles:
        """What the claims of all papers are judged on: each paper gives its own part."""
        parts = [paper.evidence() for paper in self.papers]
        given = {name: getattr(part, name) for part in parts for name in part.model_fields_set}
        return EvidenceFiles(**given)

    @property
    def evidence_files(self) -> list[str]:
        """All files that the evidence names, each once."""
        return list(dict.fromkeys(path for paper in self.papers for path in paper.evidence_files()))

    def evidence_json(self, wildcards: Wildcards, input: Files) -> str:
        """The evidence as JSON, with its files where the job of the claims finds them."""
        places = dict(zip(self.evidence_files, input.evidence, strict=True))
        evidence = self.evidence.model_dump(mode="json", exclude_none=True)
        return json.dumps(relocated(evidence, places), separators=(",", ":"), ensure_ascii=False)

    @property
    def paths(self) -> Paths:
        """Where the results lie."""
        return Paths(self.results)

    @functools.cached_property
    def _values(self) -> dict[str, Any]:
        """The study, whole, in its own order."""
        return self.study.model_dump(mode="json", by_alias=True)

    @functools.cached_property
    def resolved(self) -> str:
        """The study, whole, as JSON with sorted keys."""
        return json.dumps(self._values, sort_keys=True)

    def resolved_text(self, wildcards: Any) -> str:
        """The same for a job."""
        return self.resolved

    @functools.cached_property
    def config_hash(self) -> str:
        """Twelve hexadecimal digits that name the resolved config."""
        return hashlib.sha256(self.resolved.encode()).hexdigest()[:12]

    @property
    def frozen_config(self) -> Path:
        """Where the resolved config is kept; one file for each config that ever ran."""
        return Path(self.results, "config", f"{self.config_hash}.json")

    def freeze(self) -> None:
        """Write the resolved config once, and what is known of sources, before the first job.

        On a cluster every job parses the Snakefile again: it finds both. Where the disk allows no
        file, Snakemake ends with one line.
        """
        # In the order of the study: jobs that read it are to be told the same in the same words.
        text = json.dumps(self._values, indent=2) + "\n"
        try:
            remember()
            if not self.frozen_config.exists() or self.frozen_config.read_text() != text:
                with atomic_file(self.frozen_config) as sibling:
                    sibling.write_text(text)
        except OSError as error:
            sys.exit(f"error: {disk_fault(error) or error}")

    @property
    def stages(self) -> tuple[str, ...]:
        """Rule files of the stages that the study needs, in their order."""
        units = ("units",) if self.unit_jobs else ()
        ensembles = ("ensembles",) if self.study.alignment_snr else ()
        dynamics = ("dynamics",) if self.dynamics else ()
        learners = (*units, *ensembles, *dynamics)
        return ("data", "train", "store", "similarity", "experiments", *learners)

    @functools.cached_property
    def wildcard_constraints(self) -> dict[str, str]:
        """Wildcards take the values of this study only: a mistyped target matches no rule."""
        keys = zip(*self.runs.by_key, strict=True)
        values = {column: sorted(set(known)) for column, known in zip(COLUMNS, keys, strict=True)}
        values["data"] = sorted(self.study.data)
        values["probe"] = sorted(self.study.probes)
        values["selection"] = sorted(self.jobs.selections)
        values["experiment"] = sorted(EXPERIMENTS)
        values["group"] = sorted(unit_groups(self.runs, self.study.convergent_learning))
        values["ensemble"] = sorted(self.ensembles.specs)
        values["task"] = sorted({*FOLLOWED, *FITTED})
        values["followed"] = sorted(self.dynamics.names) if self.dynamics else []
        # Where a study has none of a kind a pattern is needed still: one that matches nothing.
        constraints = {name: "|".join(known) or "(?!)" for name, known in values.items()}
        return constraints | {"checkpoint": r"final|epoch-\d+|step-\d+"}

    @functools.cached_property
    def jobs(self) -> Jobs:
        """What each job is told."""
        return Jobs(self.study, self.runs, self.paths)

    @functools.cached_property
    def unit_jobs(self) -> UnitJobs | None:
        """What each job about units is told; None where the study has none."""
        spec = self.study.convergent_learning
        if spec is None:
            return None
        return UnitJobs(self.study, spec, unit_groups(self.runs, spec), self.paths)

    @functools.cached_property
    def ensembles(self) -> EnsembleJobs:
        """What each job on learners of noisy labels is told."""
        return EnsembleJobs(self.study, self.paths)

    @functools.cached_property
    def dynamics(self) -> DynamicsJobs | None:
        """What each job that follows networks is told; None where the study has none."""
        spec = self.study.universality
        return None if spec is None else DynamicsJobs(self.study, spec, self.paths)

    @functools.cached_property
    def requests(self) -> Requests:
        """What each job asks for.

        Raises
        ------
        InputError
            The file of coefficients is absent or has a fault.
        """
        parts = (RunSizes(self.jobs), self.unit_jobs, self.ensembles, self.dynamics)
        sizes = {name: size for part in parts if part for name, size in part.sizes.items()}
        return Requests(read_coefficients(self.base / COEFFICIENTS_FILE), sizes)

    def code(self, script: str) -> str:
        """Hash of the code behind a script of this checkout."""
        return code_hash(self.base / "scripts" / script)

    def experiment_code(self, wildcards: Any) -> str:
        """Hash of the code behind the experiment that a job's wildcards name."""
        return self._experiment_codes[wildcards.experiment]

    @functools.cached_property
    def _experiment_codes(self) -> dict[str, str]:
        return {name: self.code(f"run_{name}.py") for name in EXPERIMENTS}
