"""Records: arrays about one network, in a file whose header says which network it is.

Read without torch. A record is a frozen dataclass whose fields are arrays of numbers, numbers,
arrays (m,) of texts, a text or tuples of texts; its class names the format of its file.
"""

import json
import os
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self, TypeVar

import h5py
import numpy as np

from repatlas.errors import InputError
from repatlas.hdf5 import REMEDY, create_hdf5, read_hdf5
from repatlas.networks.layer_table import Layer
from repatlas.store.layers import decode, encode, read_layers, write_layers
from repatlas.store.reader import ActivationStore

HEADER_FIELDS = ("subject", "subjects", "settings")
"""Fields of a record that say what it is about; all others are its items."""


@dataclass(frozen=True, eq=False)
class Subject:
    """The network that a record is about, and the probe set on which it was made.

    Attributes
    ----------
    run
        As parsed JSON of `repatlas.training.spec.RunSpec`.
    checkpoint
        Which weights of the run.
    probe
        The probe set, as parsed JSON of `repatlas.store.spec.ProbeSpec`.
    layers
        The layer table, input to output.
    train_accuracy, test_accuracy
        Of the weights, on the run's own whole splits, 0 to 1; NaN where unknown.
    """

    run: dict[str, Any]
    checkpoint: str
    probe: dict[str, Any]
    layers: tuple[Layer, ...]
    train_accuracy: float
    test_accuracy: float

    @classmethod
    def of(cls, store: ActivationStore) -> Self:
        """Name the network and the probe set of an activation store."""
        return cls(
            run=store.run,
            checkpoint=store.checkpoint,
            probe=store.probe.model_dump(mode="json"),
            layers=store.layers,
            train_accuracy=store.train_accuracy,
            test_accuracy=store.test_accuracy,
        )

    @property
    def block_outputs(self) -> list[int]:
        """Indices of the block outputs among the layers."""
        return [row for row, layer in enumerate(self.layers) if layer.block_output]


@dataclass(frozen=True, eq=False)
class Record:
    """Base of all records: every field of a subclass becomes one item of the file."""

    FORMAT: ClassVar[str]
    VERSION: ClassVar[int] = 1

    subject: Subject


AnyRecord = TypeVar("AnyRecord", bound=Record)


def write_record(record: Record, path: str | os.PathLike[str]) -> None:
    """Write a record, whole or not at all.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    with create_hdf5(path, record.FORMAT, record.VERSION) as file:
        write_subject(file, record.subject)
        write_items(file, record)


def read_record(kind: type[AnyRecord], path: str | os.PathLike[str]) -> AnyRecord:
    """Read a record.

    Raises
    ------
    InputError
        The file is absent, damaged, of another kind, or lacks an item.
    """
    with read_hdf5(path, kind.FORMAT, kind.VERSION) as file:
        return kind(subject=read_header(file), **read_items(file, kind))


def read_subject(kind: type[Record], path: str | os.PathLike[str]) -> Subject:
    """Read only the header of a record; errors as `read_record`."""
    with read_hdf5(path, kind.FORMAT, kind.VERSION) as file:
        return read_header(file)


def write_items(file: h5py.File, record: Any) -> None:
    """Write every field of a record but those that name what it is about."""
    items = file.create_group("items")
    for name in _item_names(type(record)):
        _write_item(items, name, getattr(record, name))


def read_items(file: h5py.File, kind: type[Any]) -> dict[str, Any]:
    """Read what `write_items` wrote of a record of some kind.

    Raises
    ------
    InputError
        The file lacks an item.
    """
    items, names = file["items"], _item_names(kind)
    absent = [name for name in names if name not in items]
    if absent:
        raise InputError(f"{file.filename} lacks {absent[0]}: {REMEDY}")
    return {name: _read_item(items[name]) for name in names}


def _item_names(kind: type[Any]) -> list[str]:
    return [item.name for item in fields(kind) if item.name not in HEADER_FIELDS]


def _write_item(group: h5py.Group, name: str, value: Any) -> None:
    kind = _kind_of(value)
    array = np.asarray([value] if kind == "text" else value)
    item = group.create_dataset(
        name, data=array if kind == "numbers" else encode(array.astype(np.str_))
    )
    item.attrs["kind"] = kind


def _kind_of(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, tuple):
        return "tuple"
    return "texts" if np.asarray(value).dtype.kind == "U" else "numbers"


def _read_item(item: h5py.Dataset) -> Any:
    kind = item.attrs["kind"]
    if kind == "numbers":
        return item[()]
    texts = decode(item)
    if kind == "text":
        return texts[0]
    return tuple(texts) if kind == "tuple" else np.array(texts, dtype=np.str_)


def write_subject(group: h5py.Group, subject: Subject) -> None:
    """Write which network a file or a part of it is about; `read_header` reads it back."""
    group.attrs["run"] = json.dumps(subject.run, sort_keys=True)
    group.attrs["checkpoint"] = subject.checkpoint
    group.attrs["probe"] = json.dumps(subject.probe, sort_keys=True)
    group.attrs["train_accuracy"] = subject.train_accuracy
    group.attrs["test_accuracy"] = subject.test_accuracy
    write_layers(group.create_group("layers"), subject.layers)


def read_header(file: h5py.Group) -> Subject:
    """Read which network a file or a part of it is about."""
    return Subject(
        run=json.loads(file.attrs["run"]),
        checkpoint=str(file.attrs["checkpoint"]),
        probe=json.loads(file.attrs["probe"]),
        layers=read_layers(file["layers"]),
        train_accuracy=float(file.attrs["train_accuracy"]),
        test_accuracy=float(file.attrs["test_accuracy"]),
    )
