"""Whether a folder of results can be written to, asked by writing."""

import os
import tempfile
from pathlib import Path

ROOM = 2**20
"""Bytes that are tried: with less room than this the next figure would fail."""


def require_writable(folder: Path) -> None:
    """Write a megabyte into a folder, which is made if need be, and remove it.

    Raises
    ------
    OSError
        No space, no permission, or a disk that is mounted for reading only.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(ROOM))
            os.fsync(file.fileno())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from error
