"""Training as a job: a run and a data set in, files out."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repatlas.data.dataset import Dataset
from repatlas.errors import InputError
from repatlas.file_digest import file_digest
from repatlas.file_lock import try_lock
from repatlas.files import atomic_file
from repatlas.networks.build import build_model
from repatlas.networks.layers import layer_table
from repatlas.networks.model import Model, save_weights
from repatlas.training.batches import steps_per_epoch
from repatlas.training.checkpoints import FINAL, weights_metadata
from repatlas.training.device import configure_process, resolve_device
from repatlas.training.edits import edited_dataset
from repatlas.training.examples import channel_statistics, examples_of
from repatlas.training.history import write_history
from repatlas.training.loop import SAVE_INTERVAL, Training
from repatlas.training.predecessors import check_start, read_edit
from repatlas.training.progress import Progress
from repatlas.training.record import run_record
from repatlas.training.spec import RunSpec, checkpoint_names
from repatlas.training.transfer import take_over

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
    start: str | os.PathLike[str] | None = None,
    examples: str | os.PathLike[str] | None = None,
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
    start
        Weights of ``run.start_run``, to be given if and only if there is one.
    examples
        List of the training images to be changed, chosen by ``run.edit_run``, to be given if and
        only if there is one. Scores on the training images are then those on the changed ones.

    Raises
    ------
    InputError
        The data set is not the run's, the recipe does not fit it, the device is not there, the
        weights do not fit, what is to come from other runs is absent or not of them, another
        process trains the run in ``scratch``, or (`TrainingDivergedError`) training failed.
    OSError
        No space, no permission; final paths hold whole files or none.
    """
    target = resolve_device(device)
    configure_process(target, threads)
    check_data(run, dataset)
    whole, dataset = dataset, _with_edits(run, dataset, examples)
    model = initial_model(run, dataset, start)
    layers = len(layer_table(model, dataset.train.images.shape[1:]))
    training = Training(
        run=run,
        model=model.to(target),
        train=examples_of(dataset.train, target),
        test=examples_of(dataset.test, target),
        classes=len(dataset.classes),
        identity=_identity(run, dataset, start),
        scratch=Path(scratch),
        layers=layers,
        progress=Progress(run.training_spec.epochs, progress_interval),
        save_interval=save_interval,
    )
    with _only_training(run, Path(scratch)):
        training.complete()
        record = run_record(training, whole, dataset, threads, start, examples)
        _write_outputs(training, outputs, record)
        shutil.rmtree(scratch)


@contextmanager
def _only_training(run: RunSpec, scratch: Path) -> Iterator[None]:
    """Hold the scratch folder: two trainings at once would take each other's files away."""
    scratch.mkdir(parents=True, exist_ok=True)
    with (scratch / "lock").open("a") as file:
        if not try_lock(file):
            raise InputError(
                f"{run.title}: another process trains it in {scratch} (a job of a killed run?): "
                "wait until it ends or stop it, then run the same command"
            )
        yield


def initial_model(
    run: RunSpec, dataset: Dataset, start: str | os.PathLike[str] | None = None
) -> Model:
    """The network of a run before its first step, on the CPU.

    It is decided by ``run.seed`` and, where weights are taken over, by them.

    Parameters
    ----------
    dataset
        With its training images as the network is to see them.
    start
        Weights of ``run.start_run``.

    Raises
    ------
    InputError
        The network cannot be built, or its weights or those of its start do not fit.
    """
    check_start(run, start)
    shape = dataset.train.images.shape[1:]
    mean, sd = [0.0] * shape[0], [1.0] * shape[0]
    if run.training_spec.standardise:
        mean, sd = channel_statistics(dataset.train.images)
    model = build_model(
        run.network_spec,
        run.depth,
        run.width,
        len(dataset.classes),
        shape,
        mean,
        sd,
        run.seed,
    )
    if start is not None and run.training_spec.start is not None:
        take_over(model, start, run.training_spec.start.layers)
    return model


def _with_edits(run: RunSpec, dataset: Dataset, path: str | os.PathLike[str] | None) -> Dataset:
    """The data set with its training images changed as the recipe says."""
    examples, edit = read_edit(run, path), run.training_spec.edit
    if examples is None or edit is None:
        return dataset
    edited = edited_dataset(dataset, examples, edit.change)
    # With fewer images there are fewer steps.
    check_data(run, edited)
    return edited


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


def _identity(run: RunSpec, dataset: Dataset, start: str | os.PathLike[str] | None) -> str:
    weights = "" if start is None else file_digest(start)
    return hashlib.sha256(f"{run.as_json()} {dataset.fingerprint} {weights}".encode()).hexdigest()


def _write_outputs(training: Training, outputs: TrainingOutputs, record: dict[str, Any]) -> None:
    metadata = weights_metadata(
        training.run, FINAL, training.rows[-1], training.layers, training.classes
    )
    training.checkpoints.place(checkpoint_names(training.spec), outputs.checkpoints)
    write_history(training.rows, outputs.history)
    with atomic_file(outputs.record) as sibling:
        sibling.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    save_weights(training.model, outputs.model, metadata)
