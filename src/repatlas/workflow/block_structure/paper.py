"""The block-structure paper in a study: its figures and the evidence for its claims."""

import functools
from dataclasses import dataclass

from repatlas.claims.evidence import EvidenceFiles
from repatlas.config.block_structure import BlockStructureSpec
from repatlas.runs import RunTable
from repatlas.workflow.block_structure.components import component_plans
from repatlas.workflow.block_structure.dominant import dominant_plans
from repatlas.workflow.block_structure.drafts import Drafts
from repatlas.workflow.block_structure.evidence import evidence, evidence_files
from repatlas.workflow.block_structure.experiments import experiment_plans
from repatlas.workflow.block_structure.maps import map_plans
from repatlas.workflow.block_structure.networks import Networks
from repatlas.workflow.figure_plan import FigurePlan, by_name
from repatlas.workflow.paths import Paths


@dataclass(frozen=True)
class BlockStructure:
    """The paper's section of a study, resolved to runs and files."""

    table: RunTable
    paths: Paths
    spec: BlockStructureSpec

    name = "block_structure"
    title = "On the Origins of the Block Structure Phenomenon"
    claims = ("block_structure", "wide_and_deep", "beyond")

    @functools.cached_property
    def _drafts(self) -> Drafts:
        return Drafts(Networks(self.table, self.spec), self.paths)

    def figures(self) -> dict[str, FigurePlan]:
        """Every figure that the study can draw, by name."""
        plans = [
            *map_plans(self._drafts),
            *component_plans(self._drafts),
            *dominant_plans(self._drafts),
            *experiment_plans(self._drafts),
        ]
        return by_name(plans)

    @functools.cached_property
    def _evidence(self) -> EvidenceFiles:
        return evidence(self._drafts)

    def evidence(self) -> EvidenceFiles:
        """Every network on which a claim is judged, by the role that it plays."""
        return self._evidence

    def evidence_files(self) -> list[str]:
        """All files that the evidence names, each once."""
        return evidence_files(self._evidence)
