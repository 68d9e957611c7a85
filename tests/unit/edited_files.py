"""Finished files that are changed as their own program might have written them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import h5py

from repatlas.hdf5_checksum import sign


@contextmanager
def edited_hdf5(path: str | os.PathLike[str]) -> Iterator[h5py.File]:
    """Open a file for a change; its checksum is made to fit afterwards."""
    with h5py.File(path, "r+") as file:
        yield file
    sign(path)
