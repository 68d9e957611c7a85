"""Weights on disk: what is written beside them, and the folder of checkpoints."""

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from repatlas.errors import InputError
from repatlas.files import atomic_directory
from repatlas.networks.model import Model, save_weights
from repatlas.tensor_file import check_tensors
from repatlas.training.history import HistoryRow
from repatlas.training.spec import RunSpec

FINAL = "final"
SUFFIX = ".safetensors"


def weights_metadata(
    run: RunSpec, name: str, row: HistoryRow, layers: int, classes: int
) -> Mapping[str, str]:
    """Metadata of a file of weights: nothing that differs between two equal runs."""
    metadata = {
        "run": run.as_json(),
        "checkpoint": name,
        "epoch": str(row.epoch),
        "step": str(row.step),
        "layers": str(layers),
        "classes": str(classes),
    }
    for split, score in (("train", row.train), ("test", row.test)):
        if score is not None:
            metadata[f"{split}_accuracy"] = repr(score.accuracy)
    return metadata


def weights_file(weights: str | os.PathLike[str], checkpoint: str) -> Path:
    """File of some weights of a run, given as that file or as the folder of the checkpoints.

    Raises
    ------
    InputError
        A folder without that checkpoint.
    """
    path = Path(weights)
    if not path.is_dir():
        return path
    file = path / f"{checkpoint}{SUFFIX}"
    if not file.is_file():
        there = ", ".join(sorted(found.stem for found in path.glob(f"*{SUFFIX}")))
        raise InputError(f"{path} has no checkpoint {checkpoint}; there are: {there or 'none'}")
    return file


@dataclass(frozen=True)
class CheckpointFolder:
    """The checkpoints of a run while it is trained.

    Parameters
    ----------
    folder
        In the run's scratch folder.
    run
        What is trained.
    layers, classes
        Numbers of layers and of outputs of the network.
    """

    folder: Path
    run: RunSpec
    layers: int
    classes: int

    def path(self, name: str) -> Path:
        """File of a checkpoint."""
        return self.folder / f"{name}{SUFFIX}"

    def write(self, name: str, model: Model, row: HistoryRow) -> None:
        """Write a checkpoint, replacing that of a training that was killed.

        Raises
        ------
        OSError
            No space, no permission; no file is left behind.
        """
        metadata = weights_metadata(self.run, name, row, self.layers, self.classes)
        save_weights(model, self.path(name), metadata)

    def missing(self, names: Iterable[str]) -> list[str]:
        """Those of some checkpoints that are not there, or damaged."""
        return [name for name in names if not _is_whole(self.path(name))]

    def place(self, names: Iterable[str], target: str | os.PathLike[str]) -> None:
        """Make a folder with these checkpoints and nothing else, whole or not at all.

        Raises
        ------
        OSError
            No space, no permission; nothing is left behind.
        """
        with atomic_directory(target) as sibling:
            for name in names:
                _link_or_copy(self.path(name), sibling / self.path(name).name)


def _is_whole(file: Path) -> bool:
    try:
        check_tensors(file)
    except InputError:
        return False
    return True


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Another file system, or one without links.
        shutil.copyfile(source, target)
