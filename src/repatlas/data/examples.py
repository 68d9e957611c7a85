"""Lists of chosen images, as JSON: those that carry the first component of a network, or a control.

A list is made from the activation store of a network and used by what comes after it: a probe set
that does without these images, or a training on changed images. Read without numpy.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from repatlas.errors import InputError
from repatlas.files import atomic_file
from repatlas.section import Section, parse_section

Choice = Literal["dominant", "random", "matched"]


class ExampleList(Section):
    """Images of one probe set that were chosen by what one network makes of them."""

    layer: str = Field(
        min_length=1, description="Name of the reference layer, by which they were chosen."
    )
    probe: str = Field(description="Probe set from which they were chosen, as JSON of its spec.")
    images: Choice = Field(
        description="dominant: largest absolute coordinates on the first component of the "
        "reference layer. random: as many at random. matched: as many that are not dominant, with "
        "the nearest activation norms."
    )
    fraction: float = Field(gt=0, lt=1, description="Share of the probe set that was asked for.")
    ids: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="Ids of the images; dominant ones from the first down."
    )
    run: dict[str, Any] = Field(description="Run of the network, as parsed JSON of its spec.")

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        if len(set(self.ids)) != len(self.ids):
            raise ValueError("ids: an image stands there twice")
        return self


def write_examples(examples: ExampleList, path: str | os.PathLike[str]) -> None:
    """Write a list, whole or not at all; the same list gives the same bytes.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    with atomic_file(path) as sibling:
        sibling.write_text(examples.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read_examples(path: str | os.PathLike[str]) -> ExampleList:
    """Read a list that `write_examples` wrote.

    Raises
    ------
    InputError
        The file is absent or something else.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: choose the examples first") from None
    except (UnicodeDecodeError, IsADirectoryError):
        raise InputError(f"{path} is no list of examples: name another file") from None
    return parse_section(ExampleList, text, f"{path} is no list of examples")
