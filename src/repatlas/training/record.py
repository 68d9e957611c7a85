"""``run.json``: what was trained, on what, with what, and how well it did."""

import json
import os
from dataclasses import asdict
from typing import Any

from repatlas.data.dataset import Dataset
from repatlas.data.examples import read_examples
from repatlas.file_digest import file_digest
from repatlas.provenance import provenance
from repatlas.training.device import device_name
from repatlas.training.loop import Training
from repatlas.training.spec import RunSpec


def run_record(
    training: Training,
    whole: Dataset,
    edited: Dataset,
    threads: int,
    start: str | os.PathLike[str] | None,
    examples: str | os.PathLike[str] | None,
) -> dict[str, Any]:
    """All that is told of a finished training.

    Parameters
    ----------
    whole, edited
        The data set before and after the change of its training images; one and the same where the
        recipe has no edit.
    threads
        CPU threads.
    start, examples
        What the run was given of other runs.
    """
    last = training.rows[-1]
    parameters = list(training.model.parameters())
    return {
        "run": json.loads(training.run.as_json()),
        "label": training.run.label,
        "title": training.run.title,
        "data_fingerprint": whole.fingerprint,
        "train_images": len(edited.train),
        "test_images": len(edited.test),
        "start": _start(training.run, start),
        "edit": _edit(training.run, edited, examples),
        "channel_mean": training.model.input.mean.flatten().tolist(),
        "channel_sd": training.model.input.sd.flatten().tolist(),
        "layers": training.layers,
        "parameters": sum(parameter.numel() for parameter in parameters),
        "steps": last.step,
        "precision": asdict(training.precision),
        "device": device_name(training.train.labels.device),
        "threads": threads,
        "train": last.train and asdict(last.train),
        "test": last.test and asdict(last.test),
        "seconds": round(sum(row.seconds for row in training.rows), 3),
        "provenance": provenance(),
    }


def _start(run: RunSpec, path: str | os.PathLike[str] | None) -> dict[str, Any] | None:
    """The weights taken over: whose, which, and the digest of their file."""
    start = run.training_spec.start
    if start is None or run.start_run is None or path is None:
        return None
    return {"run": run.start_run.title, "layers": start.layers, "sha256": file_digest(path)}


def _edit(
    run: RunSpec, edited: Dataset, path: str | os.PathLike[str] | None
) -> dict[str, Any] | None:
    """The change of the training images: which, by what network and layer."""
    edit = run.training_spec.edit
    if edit is None or run.edit_run is None or path is None:
        return None
    examples = read_examples(path)
    return {
        "run": run.edit_run.title,
        "layer": examples.layer,
        "images": examples.images,
        "fraction": examples.fraction,
        "count": len(examples.ids),
        "change": edit.change,
        "sha256": file_digest(path),
        "data_fingerprint": edited.fingerprint,
        "train_scores": "on the training images after the change",
    }
