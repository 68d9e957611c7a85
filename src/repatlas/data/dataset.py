"""Data sets in memory and as HDF5 files, `repatlas.dataset` version 1."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from repatlas.data.spec import DataSpec, parse_spec
from repatlas.errors import InputError
from repatlas.hdf5 import REMEDY, create_hdf5, read_hdf5

FORMAT = "repatlas.dataset"
VERSION = 1


@dataclass(frozen=True, eq=False)
class Split:
    """Images of one split, in a fixed order in which the classes take turns.

    Attributes
    ----------
    images
        uint8 (n, 3, h, w); grey images are repeated to three channels.
    labels
        int64 (n,), indices into the classes of the data set.
    ids
        (n,) unicode, such as ``"test/astronaut/0012-0345"``; unique, and the same image has the
        same id whatever else the data set holds.
    statistics
        Per image, float32 (n,) or (n, 3) in [0, 1]: see `repatlas.data.statistics`.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    ids: NDArray[np.str_]
    statistics: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def digest(self) -> str:
        """SHA-256 over shape, images, labels and ids, in hexadecimal."""
        digest = hashlib.sha256(json.dumps(self.images.shape).encode())
        digest.update(np.ascontiguousarray(self.images).data)
        digest.update(np.ascontiguousarray(self.labels, "<i8").data)
        digest.update("\0".join(self.ids.tolist()).encode())
        return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class Dataset:
    """A named data set with its spec, class names and two splits."""

    name: str
    spec: DataSpec
    classes: tuple[str, ...]
    train: Split
    test: Split

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the digests of both splits: equal for equal images, labels and ids."""
        return _fingerprint(self.train.digest, self.test.digest)


def write_dataset(dataset: Dataset, path: str | os.PathLike[str]) -> None:
    """Write a data set; the same data set gives the same bytes.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    digests = {"train": dataset.train.digest, "test": dataset.test.digest}
    with create_hdf5(path, FORMAT, VERSION) as file:
        file.attrs["name"] = dataset.name
        file.attrs["spec"] = dataset.spec.model_dump_json()
        file.attrs["classes"] = json.dumps(dataset.classes)
        file.attrs["fingerprint"] = _fingerprint(digests["train"], digests["test"])
        for name, split in (("train", dataset.train), ("test", dataset.test)):
            group = file.create_group(name)
            group.attrs["digest"] = digests[name]
            group["images"] = split.images
            group["labels"] = split.labels
            # Of fixed length: variable strings take ten times the time and room.
            encoded = np.char.encode(split.ids, "utf-8")
            kind = h5py.string_dtype("utf-8", max(encoded.dtype.itemsize, 1))
            group.create_dataset("ids", data=encoded.astype(kind), dtype=kind)
            for statistic, values in split.statistics.items():
                group[f"statistics/{statistic}"] = values


def read_dataset(path: str | os.PathLike[str]) -> Dataset:
    """Read a data set into memory and check it against its fingerprint.

    Raises
    ------
    InputError
        The file is absent, foreign, truncated or damaged.
    """
    with read_hdf5(path, FORMAT, VERSION) as file:
        dataset = Dataset(
            name=file.attrs["name"],
            spec=parse_spec(file.attrs["spec"]),
            classes=tuple(json.loads(file.attrs["classes"])),
            train=_read_split(file, "train"),
            test=_read_split(file, "test"),
        )
        if file.attrs["fingerprint"] != _fingerprint(
            file["train"].attrs["digest"], file["test"].attrs["digest"]
        ):
            raise InputError(f"{path}: its fingerprint does not fit its splits: {REMEDY}")
    return dataset


def read_split(path: str | os.PathLike[str], split: str) -> Split:
    """Read ``"train"`` or ``"test"`` alone, checked: half the memory where one is enough.

    Raises
    ------
    InputError
        As `read_dataset`.
    """
    with read_hdf5(path, FORMAT, VERSION) as file:
        return _read_split(file, split)


def _read_split(file: h5py.File, name: str) -> Split:
    group = file[name]
    split = Split(
        images=group["images"][:],
        labels=group["labels"][:],
        ids=np.char.decode(group["ids"][:], "utf-8"),
        statistics={key: values[:] for key, values in sorted(group["statistics"].items())},
    )
    if split.digest != group.attrs["digest"]:
        where = Path(file.filename)
        raise InputError(f"{where}: the {name} images do not fit their checksum: {REMEDY}")
    return split


def _fingerprint(*digests: str) -> str:
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()
