"""The published claims, judged on planted studies."""

from pathlib import Path

from planted_claims import evidence

from repatlas.claims.ledger import StudyFacts, judge_claims
from repatlas.claims.load import load_claims
from repatlas.claims.spec import ClaimsSpec

FOLDER = Path(__file__).parents[2] / "workflow" / "claims"
PAPERS = ("block_structure", "wide_and_deep", "beyond")
CLAIMS = [load_claims(FOLDER / f"{name}.yaml") for name in PAPERS]
BY_ID = {claim.id: claim for paper in CLAIMS for claim in paper.claims}
IDS = list(BY_ID)


def judged(files, names=IDS, scale="paper"):
    """Published claims by their ids, all or some, judged on the files of a study."""
    spec = ClaimsSpec(bootstrap=300, permutations=100)
    papers = [
        paper.model_copy(update={"claims": [item for item in paper.claims if item.id in names]})
        for paper in CLAIMS
    ]
    entries = judge_claims(papers, files, spec, StudyFacts("planted", scale))
    return {entry.id: entry for entry in entries}


def ledger(folder, roles, names=IDS, colors="shared"):
    """The same on a planted study."""
    return judged(evidence(folder, roles, colors), names)
