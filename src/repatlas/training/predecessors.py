"""What a run takes from another: weights to start from, and the images that are changed."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from repatlas.data.examples import ExampleList, read_examples
from repatlas.errors import InputError
from repatlas.tensor_file import read_metadata
from repatlas.training.spec import RunSpec

NAMES = ("data", "training", "network", "depth", "width", "seed", "order")
"""What tells a run from the others of a study."""


def check_start(run: RunSpec, path: str | os.PathLike[str] | None) -> None:
    """Refuse weights that the run does not start from.

    Raises
    ------
    InputError
        Weights where the recipe has no start, none where it has one, or another network's.
    """
    if run.start_run is None or path is None:
        _check_given(run, "start", run.start_run, path, "weights")
        return
    told = read_metadata(path).get("run")
    # Weights that say nothing of their run may come from elsewhere; whether they fit is seen later.
    if told is not None:
        check_run(run, path, run.start_run, _parsed(told, path))


def read_edit(run: RunSpec, path: str | os.PathLike[str] | None) -> ExampleList | None:
    """Read the list of the images that a run changes; None where it changes none.

    Raises
    ------
    InputError
        No list where the recipe has an edit, a list where it has none, a file that is no list, or
        a list of another choice or of another network.
    """
    edit = run.training_spec.edit
    if run.edit_run is None or edit is None or path is None:
        _check_given(run, "edit", run.edit_run, path, "a list of examples")
        return None
    examples = read_examples(path)
    wanted = (edit.images, edit.fraction)
    if (examples.images, examples.fraction) != wanted:
        raise InputError(
            f"{run.title}: {Path(path)} lists {examples.images} images, share "
            f"{examples.fraction:g}, where the recipe has {edit.images}, {edit.fraction:g}; choose "
            "the examples of this run"
        )
    check_run(run, path, run.edit_run, examples.run)
    return examples


def _check_given(
    run: RunSpec,
    part: str,
    other: RunSpec | None,
    path: str | os.PathLike[str] | None,
    what: str,
) -> None:
    if other is not None and path is None:
        raise InputError(f"{run.title}: the recipe has `{part}`: give {what} of {other.title}")
    if other is None and path is not None:
        raise InputError(f"{run.title}: the recipe has no `{part}`: drop {Path(path)}")


def _parsed(told: str, path: str | os.PathLike[str]) -> Mapping[str, Any]:
    """What weights say of their run, which is text from elsewhere."""
    try:
        parsed = json.loads(told)
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise InputError(f"{Path(path)}: its metadata name no run; give weights of this project")
    return parsed


def check_run(
    run: RunSpec, path: str | os.PathLike[str], wanted: RunSpec, told: Mapping[str, Any]
) -> None:
    """Refuse a file that tells it is of another network than the one wanted for a run.

    Raises
    ------
    InputError
        One line with the first difference.
    """
    different = [name for name in NAMES if told.get(name) != getattr(wanted, name)]
    if different:
        name = different[0]
        raise InputError(
            f"{run.title}: {Path(path)} is of {name} {told.get(name)} where it should be of "
            f"{getattr(wanted, name)}; give the file of {wanted.title}"
        )
