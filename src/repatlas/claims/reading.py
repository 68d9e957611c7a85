"""What claims need of the files of a study, and no more of them."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from repatlas.data import dataset
from repatlas.errors import InputError
from repatlas.hdf5 import read_hdf5
from repatlas.networks.layer_table import Layer
from repatlas.similarity.results import ComparedNetwork, Similarity
from repatlas.store.reader import ActivationStore

Array = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Components:
    """First components of a network over the n probe images.

    Attributes
    ----------
    ids, labels
        (n,) ids and classes of the images.
    vectors
        (B, n) unit-norm left singular vectors.
    """

    ids: NDArray[np.str_]
    labels: NDArray[np.int64]
    vectors: NDArray[np.floating]


def judged_layers(layers: Sequence[Layer]) -> Rows:
    """Choose the layers that claims are about.

    Returns
    -------
    Rows
        (B,) indices of the block outputs; in a network that marks none, of its ReLUs; where it has
        none, of every layer.
    """
    outputs = [row for row, layer in enumerate(layers) if layer.block_output]
    relus = [row for row, layer in enumerate(layers) if layer.kind == "relu"]
    return np.array(outputs or relus or range(len(layers)), dtype=np.intp)


def read_within(
    path: Path, measures: Sequence[str]
) -> tuple[ComparedNetwork, Rows, dict[str, Array]]:
    """Read one network, its judged layers, and their similarities (B, B) with each other.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged, or lacks a measure.
    """
    file = Similarity(path)
    rows = judged_layers(file.networks[0].layers)
    corner = np.ix_(rows, rows)
    return file.networks[0], rows, {name: file.values(name)[corner] for name in measures}


@functools.lru_cache(maxsize=4)
def read_between(path: Path, measure: str) -> dict[tuple[str, str], Array]:
    """Read the similarity (B_i, B_j) of the judged layers of each pair of networks.

    Returns
    -------
    dict
        By the fingerprints of the two activation stores; each pair once.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged, or lacks the measure.
    """
    file = Similarity(path)
    rows = [judged_layers(network.layers) for network in file.networks]
    return {
        (file.networks[i].store, file.networks[j].store): file.values(measure, i, j)[
            np.ix_(rows[i], rows[j])
        ]
        for i, j in file.pairs
    }


def read_components(path: Path, layers: Sequence[str]) -> Components:
    """Read the first components of the named layers from an activation store.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged, or lacks one of the layers.
    """
    with ActivationStore(path) as store:
        rows = [store.index(name) for name in layers]
        return Components(store.ids, store.labels, store.component_vectors[rows, 0])


def read_image_statistic(path: Path, name: str, ids: NDArray[np.str_]) -> Array:
    """Read a statistic (n, d) of the images with the given ids, without reading the images.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged, or lacks the statistic or an image.
    """
    rows: dict[str, NDArray[np.floating]] = {}
    with read_hdf5(path, dataset.FORMAT, dataset.VERSION) as file:
        for split in ("train", "test"):
            values = file[split].get(f"statistics/{name}")
            if values is None:
                raise InputError(f"{path} holds no {name} of its {split} images: prepare it again")
            known = np.char.decode(file[split]["ids"][:], "utf-8")
            rows |= dict(zip(known.tolist(), values[:].reshape(len(known), -1), strict=True))
    absent = [sample for sample in ids.tolist() if sample not in rows]
    if absent:
        raise InputError(
            f"{path} holds no image {absent[0]!r}, which a store has: name the data set from "
            "which the store was made"
        )
    return np.array([rows[sample] for sample in ids.tolist()], dtype=np.float64)
