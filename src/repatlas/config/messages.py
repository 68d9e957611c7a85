"""One line for each fault of a configuration."""

import re
import types
import typing
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError

from repatlas.naming import advice, shown

Path = tuple[int | str, ...]

MOST_FAULTS = 20
"""Faults that are told at once."""

WHOLE = "the study"
"""The place of a fault that has no other."""

PLAIN_KEY = re.compile(r"[\w\[\]-]{1,60}", re.ASCII)
"""Keys that a message shows as they are; any other is quoted."""


def lines(error: ValidationError, root: type[BaseModel]) -> list[str]:
    """Each fault as "key: value: what is wrong; what is allowed"."""
    faults = error.errors(include_url=False)
    told = (fault for fault in faults if not _follows_from_others(fault, faults))
    found = [_line(fault, root) for fault in islice(told, MOST_FAULTS)]
    return [*found, f"{WHOLE}: there are more faults; mend these first"] if any(told) else found


def _follows_from_others(fault: Mapping[str, Any], faults: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a list is too short only because its entries are at fault themselves."""
    location = fault["loc"]
    return fault["type"] == "too_short" and any(
        other["loc"][: len(location)] == location and len(other["loc"]) > len(location)
        for other in faults
    )


def _line(fault: Mapping[str, Any], root: type[BaseModel]) -> str:
    location: Path = fault["loc"]
    key = dotted(location)
    value = fault["input"]
    match fault["type"]:
        case "extra_forbidden":
            allowed = allowed_keys(root, location[:-1])
            return f"{key}: unknown key (value {shown(value)}); {advice(location[-1], allowed)}"
        case "missing":
            return f"{key}: a value is missing; write one (see config.yaml)"
        case "value_error":
            reason = str(fault["ctx"]["error"])
            return reason if not location or reason.startswith(key) else f"{key}: {reason}"
        case "string_pattern_mismatch":
            rule = "use lower-case letters, digits and _, at most 64"
            return f"{key}: {shown(value)} is no name; {rule}"
    message = fault["msg"].replace("Input should be", "should be")
    return f"{key}: {shown(value)}: {message}"


def allowed_keys(root: type[BaseModel], location: Path) -> list[str]:
    """Keys allowed at a place of the configuration."""
    model = _model_at(root, location)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _model_at(root: type[BaseModel], location: Path) -> type[BaseModel] | None:
    here: Any = root
    for part in location:
        if isinstance(here, type) and issubclass(here, BaseModel):
            by_key = {field.alias or name: field for name, field in here.model_fields.items()}
            field = by_key.get(str(part))
            here = None if field is None else field.annotation
        else:
            arguments = typing.get_args(here)
            here = arguments[-1] if arguments else None
        here = _without_none(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _without_none(annotation: Any) -> Any:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        kept = [part for part in typing.get_args(annotation) if part is not type(None)]
        return kept[0] if kept else None
    return annotation


def dotted(location: Path) -> str:
    """The place of a value, on one line whatever its keys are."""
    return ".".join(_key(part) for part in location if part != "[key]") or WHOLE


def _key(part: int | str) -> str:
    return str(part) if isinstance(part, int) or PLAIN_KEY.fullmatch(part) else shown(part)
