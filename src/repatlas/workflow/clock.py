"""Files of a time to come, as a clock that was set back leaves them.

Snakemake fails every job whose output is older than its input, so nothing that reads such a file
could be made until that time has come.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path

STEP = 1e-3
"""Seconds between two files that are brought back: their order stays."""


def bring_back(folders: Iterable[Path]) -> int:
    """Give files that are newer than this moment a time just before it, in their order.

    Parameters
    ----------
    folders
        Where to look, at any depth.

    Returns
    -------
    int
        How many files there were.

    Raises
    ------
    OSError
        No permission.
    """
    now = time.time()
    times = {
        path: path.stat().st_mtime
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    later = sorted((path for path in times if times[path] > now), key=lambda path: times[path])
    for place, path in enumerate(later):
        moment = now - STEP * (len(later) - place)
        os.utime(path, (moment, moment))
    return len(later)
