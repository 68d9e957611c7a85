"""The validator of the RO-Crate community, told what two documents of the web hold."""

from pathlib import Path

import pytest
from rocrate import vocabs

BIOSCHEMAS = "https://bioschemas.org/"
RUN_TERMS = "https://w3id.org/ro/terms/workflow-run"

CONTEXTS = {
    # The library brings the context of RO-Crate 1.3; since 1.1 these terms have moved.
    "https://w3id.org/ro/crate/1.1/context": {
        **vocabs.RO_CRATE["@context"],
        "ComputationalWorkflow": f"{BIOSCHEMAS}ComputationalWorkflow",
        "FormalParameter": f"{BIOSCHEMAS}FormalParameter",
    },
    f"{RUN_TERMS}/context": {"sha256": f"{RUN_TERMS}#sha256"},
}


class Response:
    """What the validator reads of an answer from the web."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.status_code = 200
        self.headers = {"Content-Type": "application/ld+json"}

    def json(self) -> dict:
        return {"@context": CONTEXTS[self.url]}


def faults(crate: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a crate lacks of all that the profile Workflow Run Crate, and those below it, demand."""
    reason = "the validator is not installed"
    services = pytest.importorskip("rocrate_validator.services", reason=reason)
    http = pytest.importorskip("rocrate_validator.utils.http", reason=reason)
    monkeypatch.setattr(
        http.HttpRequester, "get", lambda self, url, **options: Response(url), raising=False
    )
    settings = services.ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier="workflow-run-crate",
        offline=True,
        cache_path=scratch / "cache",
    )
    result = services.validate(settings)
    found = [f"{issue.violatingEntity}: {issue.message}" for issue in result.get_issues()]
    assert result.passed() == (not found)
    return found
