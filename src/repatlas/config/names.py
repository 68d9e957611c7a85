"""Names that a study gives to its parts."""

from typing import Annotated

from pydantic import StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A short name: it becomes a part of file paths, so lower-case letters, digits and _ only,
64 at most."""
