"""The files on which claims are judged, by the role that their networks play.

The workflow writes this as JSON; nothing heavy is imported, so that it can.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from repatlas.claims.spec import from_json
from repatlas.errors import InputError
from repatlas.section import Section

Role = Literal["deepest", "shallowest", "widest", "narrowest", "large", "small"]

MEANING: dict[Role, str] = {
    "deepest": "grid of depths",
    "shallowest": "grid of depths",
    "widest": "grid of widths",
    "narrowest": "grid of widths",
    "large": "network named as large",
    "small": "network named as small",
}
"""What a study lacks when nothing plays the role."""


class NetworkFiles(Section):
    """One trained network: one seed of a cell."""

    similarity: Path = Field(description="similarity of the network's layers with each other")
    store: Path | None = Field(
        default=None, description="its activation store, for claims about single images"
    )


class CellFiles(Section):
    """All seeds of one network, recipe and data set."""

    label: str = Field(description="name for readers, such as RN-56 1x")
    networks: tuple[NetworkFiles, ...] = Field(min_length=1, description="one entry a seed")
    between: Path | None = Field(
        default=None, description="similarity between these networks, for all pairs of them"
    )
    data: Path | None = Field(default=None, description="data set from which the probe images come")


class EvidenceFiles(Section):
    """The cells of a study that play a role in its claims; a role that none plays is left out."""

    roles: dict[Role, CellFiles] = Field(default={}, description="cell by role")

    @model_validator(mode="after")
    def _labels_tell_cells_apart(self) -> Self:
        seen: dict[str, CellFiles] = {}
        for role, cell in self.roles.items():
            if seen.setdefault(cell.label, cell) != cell:
                raise ValueError(
                    f"roles.{role}.label: {cell.label!r} names two cells; give each its own label"
                )
        return self


def read_evidence(source: str) -> EvidenceFiles:
    """Read the evidence of a study from JSON, or from a file that holds it.

    Raises
    ------
    InputError
        One line: the first fault and its place.
    """
    if source.lstrip().startswith("{"):
        return from_json(EvidenceFiles, source, "--evidence")
    try:
        text = Path(source).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError(f"{source} does not exist: let the workflow write it") from error
    return from_json(EvidenceFiles, text, source)
