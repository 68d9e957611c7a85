"""HDF5 files of the project: checked when opened, whole or absent when written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from repatlas.errors import InputError
from repatlas.files import atomic_file
from repatlas.hdf5_checksum import BLOCK, REMEDY, check, sign
from repatlas.provenance import provenance

# The first bound keeps object headers without times of day, so the same content gives the same
# bytes; the second keeps the files readable by every HDF5 since 1.10.
LIBRARY_VERSIONS = ("earliest", "v110")


def open_hdf5(path: str | os.PathLike[str], expected_format: str, version: int = 1) -> h5py.File:
    """Open a file of the project for reading, checked against its checksum.

    Parameters
    ----------
    path
        The file.
    expected_format
        What its attribute ``format`` must be, such as ``"repatlas.dataset"``.
    version
        What its attribute ``version`` must be.

    Returns
    -------
    h5py.File
        Opened without a file lock, since network disks often refuse locks and a finished file
        never changes. To be closed by the caller; ``with`` does.

    Raises
    ------
    InputError
        The file is absent, is not HDF5, is truncated or damaged, or holds something else.
    OSError
        No permission.
    """
    path = Path(path)
    try:
        check(path)
        file = h5py.File(path, "r", locking=False)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: run the step that makes it") from None
    except OSError as error:
        if error.errno is not None:
            raise OSError(error.errno, os.strerror(error.errno), str(path)) from error
        fault = "is truncated" if "truncated" in str(error) else "is not an HDF5 file"
        raise InputError(f"{path} {fault}: {REMEDY}") from None
    try:
        _check_header(file, path, expected_format, version)
    except BaseException:
        file.close()
        raise
    return file


def _check_header(file: h5py.File, path: Path, expected_format: str, version: int) -> None:
    found = file.attrs.get("format")
    if found is None:
        raise InputError(
            f"{path}: holds no repatlas format (a foreign HDF5 file?), expected {expected_format}: "
            f"name another file, or {REMEDY}"
        )
    if found != expected_format:
        raise InputError(f"{path}: holds {found}, expected {expected_format}: name another file")
    if file.attrs.get("version") != version:
        raise InputError(
            f"{path}: holds version {file.attrs.get('version')} of {expected_format}, this program "
            f"reads version {version}: {REMEDY}"
        )


@contextmanager
def read_hdf5(
    path: str | os.PathLike[str], expected_format: str, version: int = 1
) -> Iterator[h5py.File]:
    """Open a file of the project as `open_hdf5` does, and tell damage inside it in one line.

    Raises
    ------
    InputError
        As `open_hdf5`; and where something that the block reads is absent or unreadable.
    """
    with open_hdf5(path, expected_format, version) as file:
        try:
            yield file
        except (KeyError, OSError) as error:
            # h5py gives these two words to every fault that HDF5 reports; any other KeyError is
            # a fault of the program.
            message = str(error.args[0]) if error.args else ""
            if not message.startswith(("Unable", "Can't")):
                raise
            raise InputError(f"{path} is damaged or incomplete: {REMEDY}") from error


@contextmanager
def create_hdf5(
    path: str | os.PathLike[str], format_name: str, version: int = 1
) -> Iterator[h5py.File]:
    """Give a new file to write to; it stands at ``path`` only once it is whole.

    The attributes ``format``, ``version`` and ``provenance_<key>`` are written first. When the
    block ends, the file is closed, signed with a checksum over every byte, opened again to check
    it, synced and renamed. The same content gives the same bytes. Attributes are limited to 64 KiB
    each: longer ones belong in data sets.

    Parameters
    ----------
    path
        Where the file is to stand.
    format_name, version
        What `open_hdf5` is to check.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    with atomic_file(path) as sibling:
        try:
            with h5py.File(
                sibling, "w", libver=LIBRARY_VERSIONS, locking=False, userblock_size=BLOCK
            ) as file:
                file.attrs["format"] = format_name
                file.attrs["version"] = version
                for key, value in provenance().items():
                    file.attrs[f"provenance_{key}"] = value
                yield file
            sign(sibling)
            with open_hdf5(sibling, format_name, version) as file:
                file.visititems(lambda name, item: None)
        except OSError as error:
            if error.errno is None or error.filename is not None:
                raise
            # h5py names neither the file nor the fault in words.
            raise OSError(error.errno, os.strerror(error.errno), str(path)) from error
