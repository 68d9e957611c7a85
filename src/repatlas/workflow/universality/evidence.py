"""The files on which claims on followed networks are judged."""

from repatlas.claims.evidence import EvidenceFiles, UniversalityFiles
from repatlas.workflow.universality.files import DynamicsFiles

TABLES = (
    "trajectories",
    "fits",
    "distances",
    "laws",
    "merging",
    "xor",
    "pairs",
    "pair_fits",
    "classes",
)
"""Files by the name of a network."""

SINGLE = ("context", "geometry")
"""Single files, or none."""


def evidence(files: DynamicsFiles) -> EvidenceFiles:
    """Every file on which a claim is judged."""
    named = {key: getattr(files, key) for key in (*TABLES, *SINGLE)}
    return EvidenceFiles(universality=UniversalityFiles.model_validate(named))


def evidence_files(evidence: EvidenceFiles) -> list[str]:
    """All files that the evidence names."""
    found = evidence.universality
    tables = [path for key in TABLES for path in getattr(found, key).values()]
    single = [getattr(found, key) for key in SINGLE]
    return [str(path) for path in (*tables, *single) if path is not None]
