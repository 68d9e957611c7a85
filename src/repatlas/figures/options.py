"""Options that name the input files of a figure's script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Input:
    """An option that names input files.

    Attributes
    ----------
    option
        Its name without dashes.
    help
        What the files are.
    open
        From the paths to what the figure takes.
    required
        Whether at least one file must be named.
    """

    option: str
    help: str
    open: Callable[[Sequence[Path]], Any]
    required: bool = True


DATA = Input("data", "data set of the probe images", lambda paths: paths[0])
