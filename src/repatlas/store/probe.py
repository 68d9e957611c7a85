"""The probe set: the fixed examples, in a fixed order and fixed batches, that a store is about."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.data.dataset import FORMAT, VERSION, Split, read_split
from repatlas.errors import InputError
from repatlas.hdf5 import read_hdf5
from repatlas.store.gram import MINIMUM_BATCH, batch_rows
from repatlas.store.spec import ProbeSpec


@dataclass(frozen=True, eq=False)
class Probe:
    """Examples in the order of the store.

    Attributes
    ----------
    spec
        What was asked for.
    data
        Name of the data set.
    data_fingerprint
        Of the data set, as its file states it.
    classes
        Names of the classes.
    images
        uint8 (n, 3, h, w).
    labels
        int64 (n,).
    ids
        (n,) unicode.
    """

    spec: ProbeSpec
    data: str
    data_fingerprint: str
    classes: tuple[str, ...]
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    ids: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def batches(self) -> list[tuple[int, int]]:
        """Rows (start, stop) of each batch; a last batch of 1 to 3 joins the one before."""
        return batch_rows(len(self), self.spec.batch_size)

    @property
    def raw_count(self) -> int:
        """How many examples, from the first, have their activations kept whole."""
        return min(len(self), self.spec.raw_count or len(self))


def read_probe(path: str | os.PathLike[str], spec: ProbeSpec) -> Probe:
    """Choose the probe set from a data set's file.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged, or has fewer examples than asked for.
    """
    with read_hdf5(path, FORMAT, VERSION) as file:
        name, fingerprint = file.attrs["name"], file.attrs["fingerprint"]
        classes = tuple(json.loads(file.attrs["classes"]))
    split = read_split(path, spec.split)
    return make_probe(split, spec, name, fingerprint, classes)


def make_probe(
    split: Split, spec: ProbeSpec, data: str, data_fingerprint: str, classes: tuple[str, ...]
) -> Probe:
    """Choose the probe set from a split in memory.

    Raises
    ------
    InputError
        The split has fewer examples than asked for, or than CKA needs.
    """
    count = len(split) if spec.count is None else spec.count
    where = f"the {spec.split} images of data '{data}'"
    if count > len(split):
        raise InputError(f"probe count {count}: {where} are {len(split)}; ask for fewer, or null")
    if count < MINIMUM_BATCH:
        raise InputError(f"{where} are {count}: CKA needs {MINIMUM_BATCH} or more")
    chosen = choose(split.labels, split.ids, count)
    return Probe(
        spec=spec,
        data=data,
        data_fingerprint=data_fingerprint,
        classes=classes,
        images=split.images[chosen],
        labels=split.labels[chosen],
        ids=split.ids[chosen],
    )


def choose(labels: NDArray[np.int64], ids: NDArray[np.str_], count: int) -> NDArray[np.int64]:
    """Choose examples, as equal in number over the classes as they can be, in a mixed order.

    Examples are drawn by the SHA-256 of their ids: the choice depends neither on the order of
    the data set nor on a generator of random numbers, and a smaller choice lies within a larger
    one. The same hash orders them, so each batch is a random mixture of the classes, as minibatch
    CKA supposes.

    Parameters
    ----------
    labels, ids
        (N,) of all examples.
    count
        How many to choose, at most N.

    Returns
    -------
    NDArray
        (count,) indices in the order of the probe set.
    """
    digests = [hashlib.sha256(name.encode()).digest()[:8] for name in ids.tolist()]
    lots = np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)
    drawn = np.argsort(lots, kind="stable")
    rank = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = drawn[labels[drawn] == label]
        rank[members] = np.arange(len(members))
    # Each class gives its first, then each its second, ...: equal until a class has no more.
    chosen = np.lexsort((lots, rank))[:count]
    by_lot: NDArray[np.int64] = chosen[np.argsort(lots[chosen], kind="stable")]
    return by_lot


def sample_hash(ids: Iterable[str]) -> str:
    """SHA-256 over the ids in their order, in hexadecimal."""
    return hashlib.sha256("\0".join(ids).encode()).hexdigest()
