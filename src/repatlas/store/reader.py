"""Reads an activation store: what the layers of one network do on one probe set."""

import functools
import json
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.hdf5 import REMEDY, read_hdf5
from repatlas.networks.layer_table import Layer
from repatlas.store import layout
from repatlas.store.layers import decode, read_layers
from repatlas.store.spec import ProbeSpec

Floats = NDArray[np.float32]
ALL = slice(None)


class ActivationStore:
    """An activation store, open for reading; a context manager.

    L layers in forward order, n examples in fixed batches of b, k components a layer. It has
    the members of `repatlas.similarity.source.GramSource`.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        The file is absent, foreign, truncated, or lacks a part of a store.

    Attributes
    ----------
    name
        The path: what messages call the store.
    run
        The run, as parsed JSON of `repatlas.training.spec.RunSpec`.
    checkpoint, epoch, step
        Which weights of the run, and when in training they were taken.
    probe
        The probe set as it was asked for.
    batch_norm
        Whose statistics batch normalisation used: ``inference`` or ``batch``.
    data, data_fingerprint
        Name and fingerprint of the data set of the probe set.
    classes
        Names of its classes, which ``labels`` index.
    train_accuracy, test_accuracy
        Of the weights, on the run's own whole splits; NaN where unknown.
    sample_hash
        Hash of the ids in their order.
    fingerprint
        Hash of all that the store holds, whatever its path and provenance.
    layers
        The layer table.
    batches
        Rows (start, stop) of each probe batch.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.name = os.fspath(path)
        self._context: AbstractContextManager[h5py.File] = read_hdf5(
            path, layout.FORMAT, layout.VERSION
        )
        self._file = self._context.__enter__()
        try:
            self._read_header()
            self._check_shapes()
        except (KeyError, OSError) as error:
            self.close()
            raise InputError(f"{path} lacks a part of a store: {REMEDY}") from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return self._context.__exit__(kind, error, traceback)

    def close(self) -> None:
        """Close the file; leaving the ``with`` block does the same."""
        self._file.close()

    @property
    def n(self) -> int:
        """Number of examples."""
        return len(self.labels)

    @functools.cached_property
    def labels(self) -> NDArray[np.int64]:
        """(n,) indices into ``classes``."""
        labels: NDArray[np.int64] = self._file[layout.LABELS.path][:]
        return labels

    @functools.cached_property
    def ids(self) -> NDArray[np.str_]:
        """(n,) ids of the examples."""
        return np.array(decode(self._file[layout.IDS.path]))

    @property
    def activation_norms(self) -> Floats:
        """(L, n) L2 norms of the raw activations."""
        return self._read(layout.NORMS)

    @property
    def centered_square_batch(self) -> Floats:
        """(L, n) squared norms of the activations centred over their batch."""
        return self._read(layout.CENTERED_BATCH)

    @property
    def centered_square_full(self) -> Floats:
        """(L, n) squared norms of the activations centred over all examples."""
        return self._read(layout.CENTERED_FULL)

    @property
    def component_vectors(self) -> Floats:
        """(L, k, n) unit-norm left singular vectors of the centred activations; NaN where none."""
        return self._read(layout.VECTORS)

    def components(self, layers: Sequence[int], count: int = 1) -> Floats:
        """Read the first components of some layers, and nothing of the others.

        Parameters
        ----------
        layers
            (m,) rows of the layers, in any order.
        count
            How many components of each.

        Returns
        -------
        NDArray
            (m, count, n), as in ``component_vectors``.

        Raises
        ------
        InputError
            The store holds fewer components.
        """
        vectors = self._file[layout.VECTORS.path]
        if count > vectors.shape[1]:
            raise InputError(
                f"{self.name} holds {vectors.shape[1]} components of a layer, not {count}: extract "
                f"it with `components: {count}` or more"
            )
        found = np.empty((len(layers), count, vectors.shape[2]), dtype=np.float32)
        for place, layer in enumerate(layers):
            found[place] = vectors[layer, :count]
        return found

    @property
    def component_eigenvalues(self) -> NDArray[np.float64]:
        """(L, k) squared singular values, descending; 0 where there is no such component."""
        return self._read(layout.EIGENVALUES)

    @property
    def component_share(self) -> NDArray[np.float64]:
        """(L, k) shares of variance; NaN for a constant layer."""
        return self._read(layout.SHARE)

    @property
    def logits(self) -> Floats:
        """(n, classes of the network) outputs of the network."""
        return self._read(layout.LOGITS)

    @property
    def components_facts(self) -> dict[str, Any]:
        """How the components were found: method, and for a stream its passes and tolerance."""
        return dict(self._file["components"].attrs)

    @property
    def has_exact(self) -> bool:
        """Whether the Grams over all examples are there."""
        return layout.EXACT.path in self._file

    def gram(self, batch: int, columns: slice = ALL) -> Floats:
        """Packed U-centred Grams of one probe batch.

        Parameters
        ----------
        batch
            Its number.
        columns
            Which of the b (b - 1) / 2 pairs; all by default.

        Returns
        -------
        NDArray
            (L, columns) strict upper triangles, row by row.
        """
        return _read_columns(self._file[f"grams/{batch:04d}"], columns)

    def exact_gram(self, columns: slice = ALL) -> Floats:
        """(L, columns) packed U-centred Grams over all n (n - 1) / 2 pairs.

        Raises
        ------
        InputError
            The store holds none.
        """
        if not self.has_exact:
            raise InputError(
                f"{self.name} holds no Gram over all examples: extract it with `exact: true`"
            )
        return _read_columns(self._file[layout.EXACT.path], columns)

    @property
    def raw_names(self) -> tuple[str, ...]:
        """Names of the layers whose raw activations are kept, in forward order."""
        return tuple(layer.name for layer in self.layers if f"raw/{layer.name}" in self._file)

    def raw(self, layer: str) -> NDArray[np.float16]:
        """(m, p) activations of a layer on the first m examples, of shape (channel, row, column).

        Raises
        ------
        InputError
            They were not asked for.
        """
        path = f"raw/{layer}"
        if path not in self._file:
            raise InputError(
                f"{self.name} holds no raw activations of layer '{layer}': extract it with that "
                "name in `raw_layers`"
            )
        values: NDArray[np.float16] = self._file[path][:]
        return values

    def index(self, layer: str) -> int:
        """Row of a layer.

        Raises
        ------
        InputError
            No layer has that name.
        """
        names = [found.name for found in self.layers]
        if layer not in names:
            raise InputError(f"{self.name} has no layer '{layer}'")
        return names.index(layer)

    def _read(self, item: layout.Item) -> NDArray[Any]:
        values: NDArray[Any] = self._file[item.path][()]
        return values

    def _read_header(self) -> None:
        attrs = self._file.attrs
        self.run: dict[str, Any] = json.loads(attrs["run"])
        self.checkpoint = str(attrs["checkpoint"])
        self.epoch, self.step = int(attrs["epoch"]), int(attrs["step"])
        self.probe = ProbeSpec.model_validate_json(attrs["probe"])
        self.batch_norm = str(attrs["batch_norm"])
        self.data = str(attrs["data"])
        self.data_fingerprint = str(attrs["data_fingerprint"])
        self.classes: tuple[str, ...] = tuple(json.loads(attrs["classes"]))
        self.train_accuracy = float(attrs["train_accuracy"])
        self.test_accuracy = float(attrs["test_accuracy"])
        self.sample_hash = str(attrs["sample_hash"])
        self.fingerprint = str(attrs["fingerprint"])
        self.layers: tuple[Layer, ...] = read_layers(self._file["layers"])
        grams = [self._file[f"grams/{name}"] for name in sorted(self._file["grams"])]
        self.batches: list[tuple[int, int]] = [
            (int(start), int(stop)) for start, stop in (gram.attrs["rows"] for gram in grams)
        ]

    def _check_shapes(self) -> None:
        layers, k, n = len(self.layers), self.probe.components, self.n
        expected: dict[str, tuple[int, ...]] = {
            layout.IDS.path: (n,),
            layout.NORMS.path: (layers, n),
            layout.CENTERED_BATCH.path: (layers, n),
            layout.CENTERED_FULL.path: (layers, n),
            layout.VECTORS.path: (layers, k, n),
            layout.EIGENVALUES.path: (layers, k),
            layout.SHARE.path: (layers, k),
        }
        for batch, (start, stop) in enumerate(self.batches):
            pairs = (stop - start) * (stop - start - 1) // 2
            expected[f"grams/{batch:04d}"] = (layers, pairs)
        for path, shape in expected.items():
            if self._file[path].shape != shape:
                raise InputError(
                    f"{self.name}: {path} is {self._file[path].shape}, not {shape}: {REMEDY}"
                )


def _read_columns(dataset: h5py.Dataset, columns: slice) -> Floats:
    start, stop, _ = columns.indices(dataset.shape[1])
    values = np.empty((len(dataset), stop - start), dtype=np.float32)
    dataset.read_direct(values, np.s_[:, start:stop])
    return values
