"""Names that a study gives to its parts."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

PERIODIC = re.compile(r"(.+)\1{19}$")


def _aperiodic(name: str) -> str:
    """Refuse what Snakemake takes for a sign of endless recursion: one piece, twenty times."""
    if PERIODIC.search(name):
        raise ValueError(f"{name!r} repeats one piece over and over; write a shorter name")
    return name


Name = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$"), AfterValidator(_aperiodic)
]
"""A short name: it becomes a part of file paths, so lower-case letters, digits and _ only,
64 at most."""
