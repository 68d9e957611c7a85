"""The papers on convergent learning in a study: their figures and the evidence for their claims."""

import functools
from dataclasses import dataclass

from repatlas.claims.evidence import EvidenceFiles
from repatlas.config.convergent_learning import ConvergentLearningSpec
from repatlas.runs import RunTable
from repatlas.workflow.convergent_learning.drafts import Drafts
from repatlas.workflow.convergent_learning.evidence import evidence, evidence_files
from repatlas.workflow.convergent_learning.figures import figure_plans
from repatlas.workflow.figure_plan import FigurePlan, by_name
from repatlas.workflow.paths import Paths


@dataclass(frozen=True)
class ConvergentLearning:
    """The papers' section of a study, resolved to runs and files."""

    table: RunTable
    paths: Paths
    spec: ConvergentLearningSpec

    name = "convergent_learning"
    title = "Convergent Learning"
    claims = ("convergent_learning",)

    @functools.cached_property
    def _drafts(self) -> Drafts:
        return Drafts(self.table, self.paths, self.spec)

    def figures(self) -> dict[str, FigurePlan]:
        """Every figure that the study can draw, by name."""
        return by_name(figure_plans(self._drafts))

    def evidence(self) -> EvidenceFiles:
        """Every file on which a claim is judged."""
        return evidence(self._drafts)

    def evidence_files(self) -> list[str]:
        """All files that the evidence names, each once."""
        return evidence_files(self.evidence())
