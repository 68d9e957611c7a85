"""Reading a study: the default file, with the sections of an overlay put over it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from repatlas.config.messages import lines
from repatlas.config.plain import plain_faults
from repatlas.config.study import Study
from repatlas.config.yaml_file import read_yaml
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
    faults = plain_faults(values)
    if not faults:
        try:
            return Study.model_validate(values)
        except ValidationError as error:
            faults = lines(error, Study)
    raise InputError("\nerror: ".join(faults))


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
