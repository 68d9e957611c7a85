"""The files on which the claims on convergent learning are judged."""

from repatlas.claims.evidence import EvidenceFiles, UnitFiles
from repatlas.workflow.convergent_learning.drafts import Drafts
from repatlas.workflow.convergent_learning.groups import WIDTHS


def evidence(drafts: Drafts) -> EvidenceFiles:
    """Every file on which a claim about units is judged."""
    records = {
        "gathered": drafts.found("units"),
        "matching": drafts.found("matching"),
        "matching_untrained": drafts.untrained("matching"),
        "sparse_maps": drafts.found("sparse_maps"),
        "clusters": drafts.found("clusters"),
        "alignments": drafts.found("alignments"),
        "alignments_untrained": drafts.untrained("alignments"),
        "example_measures": drafts.found("example_measures"),
    }
    if drafts.has_widths:
        records["alignments_widths"] = drafts.found("alignments", group=WIDTHS)
    return EvidenceFiles(
        units=UnitFiles(
            records={key: path for key, (path,) in records.items()},
            over_training=drafts.over_training(),
            shifts=drafts.shifted(),
        )
    )


def evidence_files(found: EvidenceFiles) -> list[str]:
    """All files that the evidence names, each once."""
    units = found.units
    if units is None:
        return []
    paths = [*units.records.values(), *units.over_training.values(), *units.shifts.values()]
    return list(dict.fromkeys(map(str, paths)))
