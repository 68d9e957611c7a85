"""The probe set: the fixed examples, in a fixed order and fixed batches, that a store is about."""

import hashlib
import json
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.data.corrupt import NOISE_ONLY, corrupt
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
        uint8 (n, 3, h, w), corrupted if the spec says so.
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
    def sample_hash(self) -> str:
        """Equal for the same images in the same order, corrupted in the same way."""
        change: str | None = self.spec.corruption
        if change not in (None, NOISE_ONLY):
            change = f"{change} {self.spec.severity}"
        return sample_hash(self.ids.tolist(), change)

    @property
    def raw_count(self) -> int:
        """How many examples, from the first, have their activations kept whole."""
        return min(len(self), self.spec.raw_count or len(self))


def read_probe(
    path: str | os.PathLike[str], spec: ProbeSpec, removed: Collection[str] = ()
) -> Probe:
    """Choose the probe set from a data set's file.

    Parameters
    ----------
    path
        The file.
    spec
        What is asked for.
    removed
        Ids of the images that ``spec.without`` leaves out.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged; and as `make_probe`.
    """
    with read_hdf5(path, FORMAT, VERSION) as file:
        name, fingerprint = file.attrs["name"], file.attrs["fingerprint"]
        classes = tuple(json.loads(file.attrs["classes"]))
    split = read_split(path, spec.split)
    return make_probe(split, spec, name, fingerprint, classes, removed)


def make_probe(
    split: Split,
    spec: ProbeSpec,
    data: str,
    data_fingerprint: str,
    classes: tuple[str, ...],
    removed: Collection[str] = (),
) -> Probe:
    """Choose the probe set from a split in memory.

    Images that are left out go first, and what remains is parted into batches. (The released code
    of "On the Origins of the Block Structure Phenomenon" kept the images it meant to remove.)

    Raises
    ------
    InputError
        The split has fewer examples than asked for, or than CKA needs; images to be left out
        that are not in the probe set, or that are missing although the spec asks for them.
    """
    count = len(split) if spec.count is None else spec.count
    where = f"the {spec.split} images of data '{data}'"
    if count > len(split):
        raise InputError(f"probe count {count}: {where} are {len(split)}; ask for fewer, or null")
    if count < MINIMUM_BATCH:
        raise InputError(f"{where} are {count}: CKA needs {MINIMUM_BATCH} or more")
    chosen = choose(split.labels, split.ids, count)
    if spec.without is not None or removed:
        chosen = _without(chosen, split.ids, spec, set(removed))
    images, ids = split.images[chosen], split.ids[chosen]
    if spec.corruption is not None:
        images = corrupt(images, ids.tolist(), spec.corruption, spec.severity)
    return Probe(
        spec=spec,
        data=data,
        data_fingerprint=data_fingerprint,
        classes=classes,
        images=images,
        labels=split.labels[chosen],
        ids=ids,
    )


def _without(
    chosen: NDArray[np.int64], ids: NDArray[np.str_], spec: ProbeSpec, removed: set[str]
) -> NDArray[np.int64]:
    """What remains of the chosen images, exactly as many fewer as are to be left out."""
    if spec.without is None or not removed:
        raise InputError(
            "probe, without: the probe set and the list of images to leave out go together; give "
            "both or neither"
        )
    kept = chosen[[name not in removed for name in ids[chosen].tolist()]]
    if len(kept) != len(chosen) - len(removed):
        absent = min(removed.difference(ids[chosen].tolist()))
        raise InputError(
            f"probe, without: image '{absent}' is to be left out and is not among the "
            f"{len(chosen)} images of the probe set; choose the examples again"
        )
    if len(kept) < MINIMUM_BATCH:
        raise InputError(
            f"probe, without: {len(kept)} of {len(chosen)} images remain, and CKA needs "
            f"{MINIMUM_BATCH} or more; leave out fewer"
        )
    return kept


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


def sample_hash(ids: Iterable[str], change: str | None = None) -> str:
    """SHA-256 over the ids in their order, in hexadecimal.

    Parameters
    ----------
    ids
        (n,).
    change
        What was done to every image; None: nothing.
    """
    parts = list(ids) if change is None else [*ids, "", change]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
