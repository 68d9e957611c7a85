"""The base of everything that a config, a claims file or a layout may say."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from repatlas.errors import InputError


class Section(BaseModel):
    """A part of a file: values are fixed once read, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
