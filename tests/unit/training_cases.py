"""A tiny data set and runs on it, for the tests of training."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from repatlas.data.dataset import Dataset, Split
from repatlas.data.examples import ExampleList
from repatlas.data.spec import DataSpec
from repatlas.data.statistics import image_statistics
from repatlas.networks.spec import NetworkSpec
from repatlas.training.job import TrainingOutputs, run_training
from repatlas.training.spec import RunSpec, TrainingSpec

DATA = DataSpec(source="digits", size=8, train=42, test=18)
CLASSES = ("dark", "middling", "bright")
CHOSEN = [2, 7, 11, 40]


def tiny_split(name: str, count: int) -> Split:
    """Noisy squares whose brightness tells their class."""
    random = np.random.default_rng([len(name), count])
    labels = np.arange(count, dtype=np.int64) % len(CLASSES)
    noise = random.integers(0, 60, (count, 3, 8, 8))
    images = (noise + 90 * labels[:, None, None, None]).astype(np.uint8)
    ids = np.array([f"{name}/{CLASSES[c]}/{i}" for i, c in enumerate(labels)])
    return Split(images, labels, ids, image_statistics(images))


def tiny_dataset() -> Dataset:
    """42 training and 18 test images of 8 x 8 pixels."""
    return Dataset("tiny", DATA, CLASSES, tiny_split("train", 42), tiny_split("test", 18))


def tiny_run(network: NetworkSpec | None = None, depth: int = 8, **recipe: Any) -> RunSpec:
    """A run of three steps an epoch in float32, of a ResNet-8 unless another is given."""
    defaults: dict[str, Any] = {
        "epochs": 4,
        "batch_size": 16,
        "warmup_epochs": 1,
        "learning_rate": 0.05,
        "precision": "float32",
        "augmentation": {"crop_padding": 2, "flip": True},
    }
    return RunSpec(
        data="tiny",
        training="standard",
        network="net",
        depth=depth,
        width=1 if depth else 0,
        seed=3,
        order=5,
        data_spec=DATA,
        network_spec=network or NetworkSpec(),
        training_spec=TrainingSpec(**{**defaults, **recipe}),
    )


def transferred_run(layers: str = "all_but_last", **recipe: Any) -> RunSpec:
    """The tiny run once more, from weights of the tiny run itself."""
    start = {"data": "tiny", "training": "standard", "layers": layers}
    return _run_after(tiny_run(), "start_run", {"start": start, **recipe})


def edited_run(change: str = "remove", images: str = "dominant", **recipe: Any) -> RunSpec:
    """The tiny run once more, with a tenth of its training images changed."""
    edit = {"training": "standard", "probe": "base", "images": images, "change": change}
    return _run_after(tiny_run(), "edit_run", {"edit": edit, **recipe})


def chosen_examples(**changes: Any) -> ExampleList:
    """The images that the edited run changes: four."""
    values = {
        "layer": "stage2.block1.relu2",
        "probe": "{}",
        "images": "dominant",
        "fraction": 0.1,
        "ids": tuple(tiny_dataset().train.ids[CHOSEN]),
        "run": tiny_run().model_dump(mode="json", by_alias=True),
    }
    return ExampleList(**{**values, **changes})


def _run_after(first: RunSpec, kind: str, recipe: dict[str, Any]) -> RunSpec:
    values = first.model_dump(by_alias=True)
    values["training_spec"] |= recipe
    return RunSpec.model_validate({**values, "training": "after", kind: first})


def outputs_in(folder: Path) -> TrainingOutputs:
    """The four files of a training in one folder."""
    return TrainingOutputs(
        folder / "model.safetensors",
        folder / "checkpoints",
        folder / "history.csv",
        folder / "run.json",
    )


def train_in(folder: Path, run: RunSpec, **options: Any) -> TrainingOutputs:
    """Train on the tiny data set, with a state after every epoch."""
    outputs = outputs_in(folder)
    options = {"save_interval": 0.0, "device": "cpu", **options}
    run_training(run, tiny_dataset(), folder / "scratch", outputs, **options)
    return outputs


def history(outputs: TrainingOutputs) -> list[dict[str, str]]:
    """Rows of `history.csv` as texts."""
    with outputs.history.open(newline="") as file:
        return list(csv.DictReader(file))


def untimed(outputs: TrainingOutputs) -> list[dict[str, str]]:
    """The same without what no two trainings share."""
    return [{**row, "seconds": ""} for row in history(outputs)]


def files(folder: Path) -> dict[str, bytes]:
    """Contents of the files of a folder by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
