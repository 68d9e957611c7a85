"""Records: arrays about one network, in a file whose header says which network it is.

Read without torch. A record is a frozen dataclass whose fields are arrays of numbers, numbers,
arrays (m,) of texts or tuples of texts; its class names the format of its file.
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
    subject = record.subject
    with create_hdf5(path, record.FORMAT, record.VERSION) as file:
        file.attrs["run"] = json.dumps(subject.run, sort_keys=True)
        file.attrs["checkpoint"] = subject.checkpoint
        file.attrs["probe"] = json.dumps(subject.probe, sort_keys=True)
        file.attrs["train_accuracy"] = subject.train_accuracy
        file.attrs["test_accuracy"] = subject.test_accuracy
        write_layers(file.create_group("layers"), subject.layers)
        items = file.create_group("items")
        for name in _item_names(type(record)):
            _write_item(items, name, getattr(record, name))


def read_record(kind: type[AnyRecord], path: str | os.PathLike[str]) -> AnyRecord:
    """Read a record.

    Raises
    ------
    InputError
        The file is absent, damaged, of another kind, or lacks an item.
    """
    with read_hdf5(path, kind.FORMAT, kind.VERSION) as file:
        items = file["items"]
        absent = [name for name in _item_names(kind) if name not in items]
        if absent:
            raise InputError(f"{path} lacks {absent[0]}: {REMEDY}")
        values = {name: _read_item(items[name]) for name in _item_names(kind)}
        return kind(subject=_read_subject(file), **values)


def read_subject(kind: type[Record], path: str | os.PathLike[str]) -> Subject:
    """Read only the header of a record; errors as `read_record`."""
    with read_hdf5(path, kind.FORMAT, kind.VERSION) as file:
        return _read_subject(file)


def _item_names(kind: type[Record]) -> list[str]:
    return [item.name for item in fields(kind) if item.name != "subject"]


def _write_item(group: h5py.Group, name: str, value: Any) -> None:
    texts = isinstance(value, tuple) or np.asarray(value).dtype.kind == "U"
    array = encode(np.array(value, dtype=np.str_)) if texts else np.asarray(value)
    item = group.create_dataset(name, data=array)
    item.attrs["kind"] = "tuple" if isinstance(value, tuple) else "texts" if texts else "numbers"


def _read_item(item: h5py.Dataset) -> Any:
    kind = item.attrs["kind"]
    if kind == "numbers":
        return item[()]
    texts = decode(item)
    return tuple(texts) if kind == "tuple" else np.array(texts, dtype=np.str_)


def _read_subject(file: h5py.File) -> Subject:
    return Subject(
        run=json.loads(file.attrs["run"]),
        checkpoint=str(file.attrs["checkpoint"]),
        probe=json.loads(file.attrs["probe"]),
        layers=read_layers(file["layers"]),
        train_accuracy=float(file.attrs["train_accuracy"]),
        test_accuracy=float(file.attrs["test_accuracy"]),
    )
