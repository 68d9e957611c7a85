"""The paper on universality of representation dynamics in a study: its figures and its evidence."""

import functools
from dataclasses import dataclass

from repatlas.claims.evidence import EvidenceFiles
from repatlas.config.universality import UniversalitySpec
from repatlas.workflow.figure_plan import FigurePlan, by_name
from repatlas.workflow.paths import Paths
from repatlas.workflow.universality.evidence import evidence, evidence_files
from repatlas.workflow.universality.figures import figure_plans
from repatlas.workflow.universality.files import DynamicsFiles


@dataclass(frozen=True)
class Universality:
    """The paper's section of a study, resolved to files."""

    paths: Paths
    spec: UniversalitySpec

    name = "universality"
    title = "Universality in Representation Learning Dynamics"
    claims = ("universality",)

    @functools.cached_property
    def _files(self) -> DynamicsFiles:
        return DynamicsFiles(self.paths, self.spec)

    def figures(self) -> dict[str, FigurePlan]:
        """Every figure that the study can draw, by name."""
        return by_name(figure_plans(self._files, self.name))

    def evidence(self) -> EvidenceFiles:
        """Every file on which a claim is judged."""
        return evidence(self._files)

    def evidence_files(self) -> list[str]:
        """All files that the evidence names, each once."""
        return evidence_files(self.evidence())
