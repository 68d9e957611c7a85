"""Records about several networks on one probe set, such as all seeds of one network.

As `repatlas.records`, with a header that names every one of the networks. Values that belong to
layers, pairs of networks or units stand in long form: arrays of one length, a row a value.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import h5py

from repatlas.hdf5 import create_hdf5, read_hdf5
from repatlas.records import Subject, read_header, read_items, write_items, write_subject


@dataclass(frozen=True, eq=False)
class GroupRecord:
    """Base of all records about several networks: fields of a subclass become items of the file.

    Attributes
    ----------
    subjects
        The networks; items name them by their place here.
    """

    FORMAT: ClassVar[str]
    VERSION: ClassVar[int] = 1

    subjects: tuple[Subject, ...]


AnyGroupRecord = TypeVar("AnyGroupRecord", bound=GroupRecord)


def write_group_record(record: GroupRecord, path: str | os.PathLike[str]) -> None:
    """Write a record, whole or not at all.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    with create_hdf5(path, record.FORMAT, record.VERSION) as file:
        write_subjects(file, record.subjects)
        write_items(file, record)


def read_group_record(kind: type[AnyGroupRecord], path: str | os.PathLike[str]) -> AnyGroupRecord:
    """Read a record.

    Raises
    ------
    InputError
        The file is absent, damaged, of another kind, or lacks an item.
    """
    with read_hdf5(path, kind.FORMAT, kind.VERSION) as file:
        return kind(subjects=read_subjects(file), **read_items(file, kind))


def write_subjects(file: h5py.File, subjects: Sequence[Subject]) -> None:
    """Write which networks a file is about; `read_subjects` reads them back."""
    networks = file.create_group("networks")
    for number, subject in enumerate(subjects):
        write_subject(networks.create_group(str(number)), subject)


def read_subjects(file: h5py.File) -> tuple[Subject, ...]:
    """Read which networks a file is about."""
    networks = file["networks"]
    return tuple(read_header(networks[str(number)]) for number in range(len(networks)))
