"""Training as a job: a run and a data set in, files out."""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from repatlas.data.dataset import Dataset
from repatlas.errors import InputError
from repatlas.files import atomic_file
from repatlas.networks.build import build_model
from repatlas.networks.layers import layer_table
from repatlas.networks.model import Model, save_weights
from repatlas.provenance import provenance
from repatlas.training.batches import steps_per_epoch
from repatlas.training.checkpoints import FINAL, weights_metadata
from repatlas.training.device import configure_process, device_name, resolve_device
from repatlas.training.examples import channel_statistics, examples_of
from repatlas.training.history import write_history
from repatlas.training.loop import SAVE_INTERVAL, Training
from repatlas.training.progress import Progress
from repatlas.training.spec import RunSpec, checkpoint_names

WHERE_THE_FILES_LIE = {"root", "download"}
"""Parts of a data set's spec that say nothing of its images."""


@dataclass(frozen=True)
class TrainingOutputs:
    """Final paths of the files of a training.

    Attributes
    ----------
    model
        Final weights, safetensors.
    checkpoints
        Folder of `<checkpoint name>.safetensors`.
    history
        CSV, see `repatlas.training.history`.
    record
        JSON: run, precision and its timings, device, versions, scores.
    """

    model: Path
    checkpoints: Path
    history: Path
    record: Path


def run_training(
    run: RunSpec,
    dataset: Dataset,
    scratch: str | os.PathLike[str],
    outputs: TrainingOutputs,
    threads: int = 1,
    device: str = "auto",
    save_interval: float = SAVE_INTERVAL,
    progress_interval: float = Progress.interval,
) -> None:
    """Train a network, or take its weights as they are, and write all that is kept of it.

    Killed at any moment and called again with the same arguments, it goes on from the last state
    in ``scratch`` and ends with the same weights, bit for bit, as if it had not been killed.

    Parameters
    ----------
    scratch
        Folder of this run alone; removed at the end.
    threads
        CPU threads. A result is repeated bit for bit with the same number only.
    device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:1``.
    save_interval, progress_interval
        Least seconds between two states and between two lines of progress.

    Raises
    ------
    InputError
        The data set is not the run's, the recipe does not fit it, the device is not there, the
        weights do not fit, or (`TrainingDivergedError`) training failed.
    OSError
        No space, no permission; final paths hold whole files or none.
    """
    target = resolve_device(device)
    configure_process(target, threads)
    check_data(run, dataset)
    model = initial_model(run, dataset)
    layers = len(layer_table(model, dataset.train.images.shape[1:]))
    training = Training(
        run=run,
        model=model.to(target),
        train=examples_of(dataset.train, target),
        test=examples_of(dataset.test, target),
        classes=len(dataset.classes),
        identity=_identity(run, dataset),
        scratch=Path(scratch),
        layers=layers,
        progress=Progress(run.training_spec.epochs, progress_interval),
        save_interval=save_interval,
    )
    training.complete()
    _write_outputs(training, outputs, _record(training, dataset, target, threads))
    shutil.rmtree(scratch)


def initial_model(run: RunSpec, dataset: Dataset) -> Model:
    """The network of a run before its first step, on the CPU, decided by ``run.seed`` alone.

    Raises
    ------
    InputError
        The network cannot be built, or its weights do not fit.
    """
    shape = dataset.train.images.shape[1:]
    mean, sd = [0.0] * shape[0], [1.0] * shape[0]
    if run.training_spec.standardise:
        mean, sd = channel_statistics(dataset.train.images)
    return build_model(
        run.network_spec,
        run.depth,
        run.width,
        len(dataset.classes),
        shape,
        mean,
        sd,
        run.seed,
    )


def check_data(run: RunSpec, dataset: Dataset) -> None:
    """Refuse a data set that is not the run's, and a recipe that does not fit it.

    Raises
    ------
    InputError
        One line.
    """
    spec = run.training_spec
    wanted = run.data_spec.model_dump(exclude=WHERE_THE_FILES_LIE)
    given = dataset.spec.model_dump(exclude=WHERE_THE_FILES_LIE)
    different = [key for key in wanted if wanted[key] != given[key]]
    if different:
        key = different[0]
        raise InputError(
            f"{run.title}: the data set has {key} {given[key]} where the run has {wanted[key]}; "
            "prepare the data set of this run"
        )
    side = min(dataset.train.images.shape[2:])
    if spec.augmentation.crop_padding >= side:
        raise InputError(
            f"{run.title}: crop_padding {spec.augmentation.crop_padding} on images of {side} "
            f"pixels; allowed are 0 to {side - 1}"
        )
    steps = spec.epochs and spec.epochs * steps_per_epoch(len(dataset.train), spec.batch_size)
    late = [step for step in spec.checkpoints.steps if step > steps]
    if late:
        raise InputError(
            f"{run.title}: checkpoints.steps: {late[0]} is beyond the last step, {steps} "
            f"({spec.epochs} epochs of {len(dataset.train)} images in batches of "
            f"{spec.batch_size})"
        )


def _identity(run: RunSpec, dataset: Dataset) -> str:
    return hashlib.sha256(f"{run.as_json()} {dataset.fingerprint}".encode()).hexdigest()


def _record(
    training: Training, dataset: Dataset, device: torch.device, threads: int
) -> dict[str, Any]:
    last = training.rows[-1]
    parameters = list(training.model.parameters())
    return {
        "run": json.loads(training.run.as_json()),
        "label": training.run.label,
        "data_fingerprint": dataset.fingerprint,
        "train_images": len(dataset.train),
        "test_images": len(dataset.test),
        "channel_mean": training.model.input.mean.flatten().tolist(),
        "channel_sd": training.model.input.sd.flatten().tolist(),
        "layers": training.layers,
        "parameters": sum(parameter.numel() for parameter in parameters),
        "steps": last.step,
        "precision": asdict(training.precision),
        "device": device_name(device),
        "threads": threads,
        "train": last.train and asdict(last.train),
        "test": last.test and asdict(last.test),
        "seconds": round(sum(row.seconds for row in training.rows), 3),
        "provenance": provenance(),
    }


def _write_outputs(training: Training, outputs: TrainingOutputs, record: dict[str, Any]) -> None:
    metadata = weights_metadata(
        training.run, FINAL, training.rows[-1], training.layers, training.classes
    )
    training.checkpoints.place(checkpoint_names(training.spec), outputs.checkpoints)
    write_history(training.rows, outputs.history)
    with atomic_file(outputs.record) as sibling:
        sibling.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    save_weights(training.model, outputs.model, metadata)
