"""Similarity files: what was measured between the layers of networks, as HDF5."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import h5py

from repatlas.errors import InputError
from repatlas.hdf5 import REMEDY, create_hdf5, read_hdf5
from repatlas.networks.layer_table import Layer
from repatlas.similarity.grid import Pair, PairSimilarity
from repatlas.similarity.source import FloatArray
from repatlas.store.layers import read_layers, write_layers
from repatlas.store.reader import ActivationStore

FORMAT = "repatlas.similarity"
VERSION = 1

DESCRIPTIONS = {
    "cka_minibatch": "linear CKA from the unbiased HSIC, summed over the probe batches",
    "cka_minibatch_biased": "linear CKA from the biased HSIC, summed over the probe batches",
    "cka_without_component": "cka_minibatch without the first principal component of both layers",
    "component_cosine": "squared cosine of the first principal components",
    "cka_exact": "linear CKA from the unbiased HSIC over all examples",
    "cka_biased": "linear CKA from the biased HSIC over all examples",
}


@dataclass(frozen=True, eq=False)
class ComparedNetwork:
    """What a similarity file tells of one network.

    Attributes
    ----------
    run
        The run, as parsed JSON of `repatlas.training.spec.RunSpec`.
    checkpoint, epoch, step
        Which weights of the run, and when in training they were taken.
    train_accuracy, test_accuracy
        Of the weights; NaN where unknown.
    store
        Fingerprint of the activation store, whatever its path.
    layers
        The layer table.
    share
        (L, k) share of variance of each principal component.
    """

    run: dict[str, Any]
    checkpoint: str
    epoch: int
    step: int
    train_accuracy: float
    test_accuracy: float
    store: str
    layers: tuple[Layer, ...]
    share: FloatArray

    @classmethod
    def of(cls, store: ActivationStore) -> Self:
        """Describe the network behind an activation store."""
        return cls(
            run=store.run,
            checkpoint=store.checkpoint,
            epoch=store.epoch,
            step=store.step,
            train_accuracy=store.train_accuracy,
            test_accuracy=store.test_accuracy,
            store=store.fingerprint,
            layers=store.layers,
            share=store.component_share,
        )

    def write(self, group: h5py.Group) -> None:
        """Write into an empty group; `read` reads it back."""
        group.attrs["run"] = json.dumps(self.run)
        for name in _FACTS:
            group.attrs[name] = getattr(self, name)
        write_layers(group.create_group("layers"), self.layers)
        share = group.create_dataset("share", data=self.share)
        share.attrs["description"] = "share of variance of each principal component"
        share.dims[0].label, share.dims[1].label = "layer", "component"

    @classmethod
    def read(cls, group: h5py.Group) -> Self:
        """Read what `write` wrote."""
        facts = {name: read(group.attrs[name]) for name, read in _FACTS.items()}
        return cls(
            run=json.loads(group.attrs["run"]),
            layers=read_layers(group["layers"]),
            share=group["share"][:],
            **facts,
        )


_FACTS: dict[str, type] = {
    "checkpoint": str,
    "epoch": int,
    "step": int,
    "train_accuracy": float,
    "test_accuracy": float,
    "store": str,
}


def write_similarity(
    path: str | os.PathLike[str],
    stores: Sequence[ActivationStore],
    pairs: Mapping[Pair, PairSimilarity],
) -> None:
    """Write the similarity of networks; the same content gives the same bytes.

    Parameters
    ----------
    path
        Where the file is to stand.
    stores
        The activation stores compared, of the same samples.
    pairs
        What `repatlas.similarity.grid.compare` found, by indices of the stores.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    with create_hdf5(path, FORMAT, VERSION) as file:
        file.attrs["probe"] = stores[0].probe.model_dump_json()
        file.attrs["sample_hash"] = stores[0].sample_hash
        for index, store in enumerate(stores):
            ComparedNetwork.of(store).write(file.create_group(f"models/{index}"))
        for (i, j), pair in pairs.items():
            _write_pair(file.create_group(f"pairs/{i}_{j}"), pair)


def _write_pair(group: h5py.Group, pair: PairSimilarity) -> None:
    for field in fields(pair):
        values = getattr(pair, field.name)
        if values is None:
            continue
        dataset = group.create_dataset(field.name, data=values)
        dataset.attrs["description"] = DESCRIPTIONS[field.name]
        dataset.dims[0].label = "layer of the first network"
        dataset.dims[1].label = "layer of the second network"


class Similarity:
    """A similarity file, for reading; each comparison is read when it is asked for.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        The file is absent, foreign, truncated, or lacks a part.

    Attributes
    ----------
    networks
        The networks, in the order of the file.
    pairs
        Indices of the networks that were compared.
    probe
        The probe set, as parsed JSON of `repatlas.store.spec.ProbeSpec`.
    sample_hash
        Hash of the sample ids in their order.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        with read_hdf5(path, FORMAT, VERSION) as file:
            try:
                models = [file[f"models/{index}"] for index in range(len(file["models"]))]
                self.networks = tuple(ComparedNetwork.read(group) for group in models)
                self.pairs = sorted(
                    (int(i), int(j)) for i, j in (name.split("_") for name in file["pairs"])
                )
                self.probe: dict[str, Any] = json.loads(file.attrs["probe"])
                self.sample_hash = str(file.attrs["sample_hash"])
            except KeyError as error:
                raise InputError(f"{path} lacks a part of a similarity file: {REMEDY}") from error

    def values(self, measure: str, i: int = 0, j: int = 0) -> FloatArray:
        """Similarity of every layer of network i with every layer of network j.

        Parameters
        ----------
        measure
            A field of `repatlas.similarity.grid.PairSimilarity`.
        i, j
            Indices of the networks; the pair may be stored the other way round.

        Returns
        -------
        FloatArray
            (K, L); NaN where a layer has no value.

        Raises
        ------
        InputError
            The file holds no such pair or measure.
        """
        stored = (i, j) if (i, j) in self.pairs else (j, i)
        if stored not in self.pairs:
            raise InputError(f"{self._path} does not compare network {i} with network {j}")
        with read_hdf5(self._path, FORMAT, VERSION) as file:
            group = file[f"pairs/{stored[0]}_{stored[1]}"]
            if measure not in group:
                raise InputError(
                    f"{self._path} holds no {measure}; it holds: {', '.join(sorted(group))}"
                )
            values: FloatArray = group[measure][:]
        return values if stored == (i, j) else values.T
