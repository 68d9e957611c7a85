"""One line for each fault of a configuration."""

import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from repatlas.naming import advice

Path = tuple[int | str, ...]


def lines(error: ValidationError, root: type[BaseModel]) -> list[str]:
    """Each fault as "key: value: what is wrong; what is allowed"."""
    faults = error.errors(include_url=False)
    return [_line(fault, root) for fault in faults if not _follows_from_others(fault, faults)]


def _follows_from_others(fault: Mapping[str, Any], faults: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a list is too short only because its entries are at fault themselves."""
    location = fault["loc"]
    return fault["type"] == "too_short" and any(
        other["loc"][: len(location)] == location and len(other["loc"]) > len(location)
        for other in faults
    )


def _line(fault: Mapping[str, Any], root: type[BaseModel]) -> str:
    location: Path = fault["loc"]
    key = _dotted(location)
    value = fault["input"]
    match fault["type"]:
        case "extra_forbidden":
            allowed = allowed_keys(root, location[:-1])
            return f"{key}: unknown key (value {value!r}); {advice(location[-1], allowed)}"
        case "missing":
            return f"{key}: a value is missing; write one (see config.yaml)"
        case "value_error":
            reason = str(fault["ctx"]["error"])
            return reason if not key or reason.startswith(key) else f"{key}: {reason}"
        case "string_pattern_mismatch":
            return (
                f"{_dotted(location)}: {value!r} is no name; use lower-case letters, digits and _"
            )
    message = fault["msg"].replace("Input should be", "should be")
    return f"{key}: {_short(value)}: {message}"


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


def _dotted(location: Path) -> str:
    return ".".join(str(part) for part in location if part != "[key]")


def _short(value: Any, width: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= width else text[: width - 3] + "..."
