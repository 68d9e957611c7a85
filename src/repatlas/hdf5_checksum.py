"""A checksum over every byte of an HDF5 file, kept in its user block.

HDF5 leaves the first bytes of a file to its user, if asked when the file is made. There stands,
as one line of text, the SHA-256 of all that follows and its length. Any HDF5 library reads such
files. Checksums of HDF5's own (Fletcher-32) do not cover attributes and headers, need chunks and
make reading three times as slow.
"""

import functools
import hashlib
import os
from pathlib import Path

from repatlas.errors import InputError

BLOCK = 512
"""Bytes of the user block: the least that HDF5 has."""

MAGIC = "repatlas sha256"
REMEDY = "delete it and run the step that makes it again"


def sign(path: str | os.PathLike[str]) -> None:
    """Write the checksum of a closed file that was made with a user block.

    Raises
    ------
    OSError
        No permission, no space.
    """
    with Path(path).open("r+b") as file:
        file.seek(BLOCK)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        length = file.tell() - BLOCK
        file.seek(0)
        file.write(f"{MAGIC} {digest} {length}\n".encode().ljust(BLOCK, b"\0"))


def check(path: str | os.PathLike[str]) -> None:
    """Compare a file with its checksum, once in a process for as long as it does not change.

    A file without a checksum passes: those of other programs and of older versions have none.

    Raises
    ------
    InputError
        The file is truncated or damaged.
    OSError
        There is no such file, or no permission.
    """
    facts = os.stat(path)
    _check(Path(path), facts.st_ino, facts.st_size, facts.st_mtime_ns)


@functools.cache
def _check(path: Path, inode: int, size: int, changed: int) -> None:
    # The three numbers are there to tell one state of the file from another.
    with path.open("rb") as file:
        line = file.read(BLOCK).rstrip(b"\0\n").decode(errors="replace")
        magic, _, told = line.rpartition(" ")[0].rpartition(" ")
        if magic != MAGIC:
            return
        length = line.rpartition(" ")[2]
        if length.isdecimal() and size - BLOCK < int(length):
            raise InputError(f"{path} is truncated: {REMEDY}")
        file.seek(BLOCK)
        if hashlib.file_digest(file, "sha256").hexdigest() != told:
            raise InputError(f"{path} is damaged, it does not fit its checksum: {REMEDY}")
