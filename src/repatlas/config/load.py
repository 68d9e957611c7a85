"""Reading a study: the default file, with the sections of an overlay put over it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from repatlas.config.messages import lines
from repatlas.config.study import Study
from repatlas.errors import InputError

PAPERS = tuple(name for name, field in Study.model_fields.items() if field.default is None)
"""Sections on papers that a study need not have."""

NAMED_BY_PAPERS = {"data", "grids"}
"""Sections of whose parts those on papers speak."""


def parse_study(values: Mapping[str, Any]) -> Study:
    """Check a study.

    Raises
    ------
    InputError
        One line for each fault: the key, the value, what is allowed, the nearest right key.
    """
    try:
        return Study.model_validate(values)
    except ValidationError as error:
        raise InputError("\nerror: ".join(lines(error, Study))) from error


def load_study(default: Path, overlay: Mapping[str, Any] | None = None) -> Study:
    """Read the default study; each section of the overlay replaces that section whole.

    Sections are not merged key by key: a study that brings its own ``grids`` does not silently
    train the default's as well. Nor does it show papers of the default that it does not name, if it
    brings data or grids of its own: they speak of the default's.

    Raises
    ------
    InputError
        A file that cannot be read, or a study with faults.
    """
    values, given = read_yaml(default), overlay or {}
    if NAMED_BY_PAPERS & given.keys():
        values = {key: value for key, value in values.items() if key not in PAPERS}
    return parse_study({**values, **given})


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a mapping from a YAML file.

    Raises
    ------
    InputError
        No such file, not YAML, or not a mapping.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; name an existing one") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise InputError(f"{path}: holds {type(values).__name__}, expected keys with values")
    return values
