"""The base of everything that a config, a claims file or a layout may say."""

import functools
from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from repatlas.errors import InputError


class Section(BaseModel):
    """A part of a file: values are fixed once read, and unknown keys are refused.

    Where a number belongs, `on` and `true` are refused too, which would be read as 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _truth_is_no_number(cls, values: Any) -> Any:
        if isinstance(values, dict):
            for name in _number_keys(cls):
                if _has_truth(values.get(name)):
                    raise ValueError(f"{name}: true and false are no numbers; write a number")
        return values


@functools.cache
def _number_keys(kind: type[Section]) -> tuple[str, ...]:
    """Keys of a section that take a number, or several, and neither true nor false.

    Those that look at their values before all else are left to themselves.
    """
    kinds = {
        name: set(_kinds(field.annotation))
        for name, field in kind.model_fields.items()
        if not any(isinstance(part, BeforeValidator) for part in field.metadata)
    }
    return tuple(name for name, of in kinds.items() if of & {int, float} and bool not in of)


def _kinds(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _kinds(part)


def _has_truth(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(isinstance(part, bool) for part in value)
    return isinstance(value, bool)


AnySection = TypeVar("AnySection", bound=Section)


def parse_section(
    kind: type[AnySection], text: str, what: str, *, show_value: bool = False
) -> AnySection:
    """Read a section from JSON.

    Parameters
    ----------
    kind
        What the text is to be.
    text
        The JSON.
    what
        What it is called in messages.
    show_value
        Whether a message ends with the value at fault.

    Raises
    ------
    InputError
        No JSON, an unknown key or an impossible value: one line with the first fault.
    """
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "as a whole"
        given = f" (given: {first['input']})" if show_value else ""
        raise InputError(f"{what}, {where}: {first['msg']}{given}") from None
