"""The files on which claims are judged, by the role that their networks play.

The workflow writes this as JSON; nothing heavy is imported, so that it can.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from repatlas.errors import InputError
from repatlas.section import Section, parse_section

Role = Literal[
    "deepest",
    "shallowest",
    "widest",
    "narrowest",
    "large",
    "small",
    "further_large",
    "further_small",
    "color",
    "color_control",
    "small_batch",
    "penalty",
    "shake_shake",
    "transfer",
    "transfer_first_stage",
    "plain",
    "removed",
    "recolored",
    "random_removed",
    "crossed",
    "less_data",
    "whole_data",
]
ProbeKey = Literal[
    "dominant_1",
    "dominant_10",
    "random_1",
    "random_10",
    "matched_1",
    "matched_10",
    "corrupted",
    "related",
    "unrelated",
    "noise",
]
RecordKey = Literal[
    "trajectory",
    "synthetic",
    "ablation",
    "deletion",
    "linear_probes",
    "measures",
    "measures_dominant_10",
    "measures_random_10",
    "outliers",
]
EnsembleKey = Literal["linear", "relu", "images"]

UnitKey = Literal[
    "gathered",
    "matching",
    "matching_untrained",
    "sparse_maps",
    "clusters",
    "alignments",
    "alignments_untrained",
    "alignments_widths",
    "example_measures",
]

MEANING: dict[Role, str] = {
    "deepest": "grid of depths",
    "shallowest": "grid of depths",
    "widest": "grid of widths",
    "narrowest": "grid of widths",
    "large": "network named as large",
    "small": "network named as small",
    "further_large": "large network on further data",
    "further_small": "small network on further data",
    "color": "network trained with colour augmentation",
    "color_control": "network trained as that with colour augmentation, but for the colours",
    "small_batch": "network trained with small batches",
    "penalty": "network trained with principal-component regularisation",
    "shake_shake": "Shake-Shake network",
    "transfer": "network that took over weights from other data",
    "transfer_first_stage": "network that took over its first stage from other data",
    "plain": "network without residual connections",
    "removed": "network retrained without its dominant images",
    "recolored": "network retrained with its dominant images recoloured",
    "random_removed": "network retrained without random images",
    "crossed": "networks of crossed initialisation and data order",
    "less_data": "network trained on a part of the data",
    "whole_data": "network of the same size trained on all of the data",
}
"""What a study lacks when nothing plays the role."""

PROBES: dict[ProbeKey, str] = {
    "dominant_1": "probe set without the dominant 1 %",
    "dominant_10": "probe set without the dominant 10 %",
    "random_1": "probe set without a random 1 %",
    "random_10": "probe set without a random 10 %",
    "matched_1": "probe set without 1 % of matched norms",
    "matched_10": "probe set without 10 % of matched norms",
    "corrupted": "probe set of corrupted images",
    "related": "probe set of related data",
    "unrelated": "probe set of unrelated data",
    "noise": "probe set of noise",
}
"""What a study lacks when a network was not looked at on a further probe set."""

RECORDS: dict[RecordKey, str] = {
    "trajectory": "checkpoints in training",
    "synthetic": "responses to synthetic images",
    "ablation": "ablation of components",
    "deletion": "deletion of residual blocks",
    "linear_probes": "linear probes",
    "measures": "measures other than linear CKA",
    "measures_dominant_10": "measures other than linear CKA without the dominant 10 %",
    "measures_random_10": "measures other than linear CKA without a random 10 %",
    "outliers": "translation of examples",
}
"""What a study lacks when an experiment was not done with a network."""

ENSEMBLES: dict[EnsembleKey, str] = {
    "linear": "ensemble of linear networks",
    "relu": "ensemble of ReLU networks",
    "images": "ensemble of networks that learn images",
}
"""What a study lacks when no ensemble was trained."""


UNITS: dict[UnitKey, str] = {
    "gathered": "gathered units of several seeds",
    "matching": "matches of units between seeds",
    "matching_untrained": "matches of units between untrained networks",
    "sparse_maps": "sparse maps between seeds",
    "clusters": "clusters of units of two seeds",
    "alignments": "maps between seeds",
    "alignments_untrained": "maps between untrained networks",
    "alignments_widths": "maps between networks of two widths",
    "example_measures": "measures on examples between seeds",
}
"""What a study lacks when units were not related in that way."""


class ProbeFiles(Section):
    """A network on a further probe set."""

    similarity: Path = Field(description="similarity of its layers with each other")
    store: Path = Field(description="its activation store")


class NetworkFiles(Section):
    """One trained network: one seed of a cell."""

    similarity: Path = Field(description="similarity of the network's layers with each other")
    store: Path | None = Field(
        default=None, description="its activation store, for claims about single images"
    )
    probes: dict[ProbeKey, ProbeFiles] = Field(
        default={},
        description="on further probe sets: those of `block_structure.removal` and "
        "`.distributions` by their keys there",
    )
    records: dict[RecordKey, Path] = Field(
        default={},
        description="records about the network by kind, such as trajectory, synthetic, ablation, "
        "deletion, linear_probes, measures, measures_dominant_10",
    )


class CellFiles(Section):
    """All seeds of one network, recipe and data set."""

    label: str = Field(description="name for readers, such as RN-56 1x")
    networks: tuple[NetworkFiles, ...] = Field(min_length=1, description="one entry a seed")
    between: Path | None = Field(
        default=None, description="similarity between these networks, for all pairs of them"
    )
    data: Path | None = Field(default=None, description="data set from which the probe images come")


class UnitFiles(Section):
    """What was found between the units of all seeds of one network, on one probe set.

    The networks that the matches are about decide which of them fitted their training set.
    """

    records: dict[UnitKey, Path] = Field(
        description="files about units by kind; of the final networks where nothing else is said"
    )
    over_training: dict[str, Path] = Field(
        default={},
        description="maps between seeds by checkpoint, in the order of training, without the final "
        "network",
    )
    shifts: dict[str, Path] = Field(
        default={},
        description="maps between final networks on shifted images, by the title of the shift, "
        "from the weakest to the strongest",
    )


class NoiseFiles(Section):
    """Learners of noisy labels."""

    simulation: Path | None = Field(
        default=None, description="exact solutions of noisy linear regression"
    )
    ensembles: dict[EnsembleKey, Path] = Field(
        default={}, description="trained ensembles by what they consist of"
    )


class UniversalityFiles(Section):
    """Networks that were followed while they learnt, by their names in the study."""

    trajectories: dict[str, Path] = Field(default={}, description="courses of two points")
    fits: dict[str, Path] = Field(default={}, description="theory fitted to those")
    distances: dict[str, Path] = Field(
        default={}, description="final distances of grids of pairs, foretold and measured"
    )
    laws: dict[str, Path] = Field(
        default={}, description="how distances and learning times depend on the target"
    )
    merging: dict[str, Path] = Field(
        default={}, description="courses of two points with the same target"
    )
    xor: dict[str, Path] = Field(
        default={}, description="distances of the points of exclusive or, before and after"
    )
    geometry: Path | None = Field(
        default=None, description="agreement of those distances between networks"
    )
    context: Path | None = Field(
        default=None, description="networks that have learnt the context task"
    )
    pairs: dict[str, Path] = Field(default={}, description="courses of two images")
    pair_fits: dict[str, Path] = Field(default={}, description="theory fitted to those")
    classes: dict[str, Path] = Field(
        default={}, description="distances of images of all classes, before and after"
    )


class EvidenceFiles(Section):
    """The cells of a study that play a role in its claims; a role that none plays is left out."""

    roles: dict[Role, CellFiles] = Field(default={}, description="cell by role")
    units: UnitFiles | None = Field(
        default=None, description="relations between units; null: none were looked at"
    )
    noise: NoiseFiles = Field(default=NoiseFiles(), description="learners of noisy labels")
    universality: UniversalityFiles = Field(
        default=UniversalityFiles(), description="networks that were followed while they learnt"
    )

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
        return parse_section(EvidenceFiles, source, "--evidence")
    try:
        text = Path(source).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError(f"{source} does not exist: let the workflow write it") from error
    return parse_section(EvidenceFiles, text, source)
