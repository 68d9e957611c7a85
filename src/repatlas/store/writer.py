"""Writes an activation store: every data set laid out at once, filled layer by layer."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.hdf5 import create_hdf5
from repatlas.networks.layer_table import Layer
from repatlas.store import layout
from repatlas.store.components import Components
from repatlas.store.layers import encode, write_layers
from repatlas.store.probe import Probe
from repatlas.store.raw import raw_names

SLAB = 2**25
"""Bytes that are read at a time to be hashed."""

Header = Mapping[str, str | int | float]


class StoreWriter:
    """An open store; made by `write_store`, which also sees that nothing is left unwritten.

    Attributes
    ----------
    raw_layers
        Names of the layers whose activations are kept whole.
    """

    def __init__(self, file: h5py.File, layers: Sequence[Layer], probe: Probe) -> None:
        self.raw_layers = raw_names(probe.spec.raw_layers, layers)
        self._file = file
        self._probe = probe
        self._rows = {layer.name: row for row, layer in enumerate(layers)}
        self._missing: dict[str, int] = {}
        self._create(layers)

    def norms(
        self, layer: str, raw: ArrayLike, centered_batch: ArrayLike, centered_full: ArrayLike
    ) -> None:
        """Write norms (n,) and squared centred norms (n,), (n,) of one layer."""
        row = self._rows[layer]
        self._put(layout.NORMS.path, row, raw)
        self._put(layout.CENTERED_BATCH.path, row, centered_batch)
        self._put(layout.CENTERED_FULL.path, row, centered_full)

    def components(self, layer: str, components: Components) -> None:
        """Write the leading components of one layer."""
        row = self._rows[layer]
        self._put(layout.VECTORS.path, row, components.vectors)
        self._put(layout.EIGENVALUES.path, row, components.eigenvalues)
        self._put(layout.SHARE.path, row, components.shares)

    def gram(self, layer: str, batch: int, packed: NDArray[np.float32]) -> None:
        """Write the packed Gram of one layer and probe batch."""
        self._put(f"grams/{batch:04d}", self._rows[layer], packed)

    def exact_gram(self, layer: str, packed: NDArray[np.float32]) -> None:
        """Write the packed Gram of one layer over all examples."""
        self._put(layout.EXACT.path, self._rows[layer], packed)

    def logits(self, start: int, logits: NDArray[np.float32]) -> None:
        """Write outputs (b, classes) of the examples from ``start``."""
        if layout.LOGITS.path not in self._missing:
            self._new(layout.LOGITS, (len(self._probe), logits.shape[1]))
        self._put(layout.LOGITS.path, slice(start, start + len(logits)), logits)

    def raw(self, layer: str, start: int, activations: NDArray[np.float16]) -> None:
        """Write activations (b, p) of the examples from ``start``.

        The caller casts to float16: HDF5 does it in software, twenty times slower.
        """
        self._put(f"raw/{layer}", slice(start, start + len(activations)), activations)

    def attribute(self, name: str, value: str | float) -> None:
        """Write a fact about how the components were found."""
        self._file["components"].attrs[name] = value

    def close(self) -> None:
        """Check that every value was written, and sign the content."""
        for path, missing in self._missing.items():
            if missing:
                raise ValueError(f"{path}: {missing} values were never written")
        self._file.attrs["fingerprint"] = fingerprint(self._file)

    def _create(self, layers: Sequence[Layer]) -> None:
        spec, count, batches = self._probe.spec, len(self._probe), self._probe.batches
        number = len(layers)
        for item, values in (
            (layout.IDS, encode(self._probe.ids)),
            (layout.LABELS, self._probe.labels),
        ):
            _describe(self._file.create_dataset(item.path, data=values), item)
        write_layers(self._file.create_group("layers"), layers)
        for item in (layout.NORMS, layout.CENTERED_BATCH, layout.CENTERED_FULL):
            self._new(item, (number, count))
        self._new(layout.VECTORS, (number, spec.components, count))
        self._new(layout.EIGENVALUES, (number, spec.components))
        self._new(layout.SHARE, (number, spec.components))
        for batch, (start, stop) in enumerate(batches):
            pairs = (stop - start) * (stop - start - 1) // 2
            grams = self._new(layout.gram_item(batch, start, stop), (number, pairs))
            grams.attrs["rows"] = (start, stop)
        if spec.exact:
            self._new(layout.EXACT, (number, count * (count - 1) // 2))
        for name in self.raw_layers:
            layer = layers[self._rows[name]]
            raw = self._new(layout.raw_item(name), (self._probe.raw_count, layer.features))
            raw.attrs["shape"] = json.dumps(layer.shape)

    def _new(self, item: layout.Item, shape: tuple[int, ...]) -> h5py.Dataset:
        dataset = self._file.create_dataset(item.path, shape, item.dtype)
        _describe(dataset, item)
        self._missing[item.path] = dataset.size
        return dataset

    def _put(self, path: str, where: int | slice, values: ArrayLike) -> None:
        dataset = self._file[path]
        array = np.ascontiguousarray(values, dtype=dataset.dtype)
        dataset[where] = array
        self._missing[path] -= array.size


@contextmanager
def write_store(
    path: str | os.PathLike[str], header: Header, layers: Sequence[Layer], probe: Probe
) -> Iterator[StoreWriter]:
    """Give a store to fill; it stands at ``path`` only once every value of it is written.

    The same content gives the same bytes.

    Parameters
    ----------
    path
        Where the store is to stand.
    header
        Attributes of the file: the run (JSON), checkpoint, epoch, step, accuracies.
    layers
        The analysed layers in forward order.
    probe
        The probe set.

    Raises
    ------
    InputError
        A layer whose raw activations are asked for does not exist.
    OSError
        No space, no permission; nothing is left behind.
    """
    with create_hdf5(path, layout.FORMAT, layout.VERSION) as file:
        file.attrs.update(header)
        file.attrs["probe"] = probe.spec.model_dump_json()
        file.attrs["batch_norm"] = probe.spec.batch_norm
        file.attrs["data"] = probe.data
        file.attrs["data_fingerprint"] = probe.data_fingerprint
        file.attrs["classes"] = json.dumps(probe.classes)
        file.attrs["sample_hash"] = probe.sample_hash
        writer = StoreWriter(file, layers, probe)
        yield writer
        writer.close()


def fingerprint(file: h5py.File) -> str:
    """SHA-256 over the paths, types, shapes and values of all data sets of a file."""
    digest = hashlib.sha256()

    def add(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset):
            digest.update(f"{name} {item.dtype.str} {item.shape}\0".encode())
            rows = max(1, SLAB // max(item.nbytes // len(item), 1))
            for start in range(0, len(item), rows):
                digest.update(np.ascontiguousarray(item[start : start + rows]).data)

    file.visititems(add)
    return digest.hexdigest()


def _describe(dataset: h5py.Dataset, item: layout.Item) -> None:
    dataset.attrs["description"] = item.description
    for dimension, name in zip(dataset.dims, item.dims, strict=True):
        dimension.label = name
