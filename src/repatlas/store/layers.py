"""The layer table as HDF5: one data set a column, in activation stores and what is made of them."""

import json
from collections.abc import Sequence
from typing import Any

import h5py
import numpy as np

from repatlas.networks.layer_table import Layer

DESCRIPTIONS = {
    "name": "path of the module in the network; #k for its k-th use in one pass",
    "kind": "kind of operation",
    "stage": "stage of the network, from 1; 0 outside of all stages",
    "block_output": "whether it is the output of the stem or of a block",
    "shape": "shape for one example, as JSON",
    "features": "number of values for one example",
}


def write_layers(group: h5py.Group, layers: Sequence[Layer]) -> None:
    """Write a layer table into an empty group; `read_layers` reads it back."""
    columns: dict[str, list[Any]] = {
        name: [getattr(layer, name) for layer in layers] for name in DESCRIPTIONS
    }
    columns["shape"] = [json.dumps(shape) for shape in columns["shape"]]
    for name, values in columns.items():
        array = np.array(values)
        if array.dtype.kind == "U":
            array = encode(array)
        dataset = group.create_dataset(name, data=array)
        dataset.attrs["description"] = DESCRIPTIONS[name]
        dataset.dims[0].label = "layer"


def read_layers(group: h5py.Group) -> tuple[Layer, ...]:
    """Read a layer table that `write_layers` wrote."""
    texts = {name: decode(group[name]) for name in ("name", "kind", "shape")}
    rows = zip(
        texts["name"],
        texts["kind"],
        group["stage"][:].tolist(),
        group["block_output"][:].tolist(),
        [tuple(json.loads(shape)) for shape in texts["shape"]],
        group["features"][:].tolist(),
        strict=True,
    )
    return tuple(Layer(*row) for row in rows)


def encode(texts: np.ndarray) -> np.ndarray:
    """Unicode texts as UTF-8 of fixed length, which HDF5 stores as compactly as numbers."""
    encoded = np.char.encode(texts, "utf-8")
    return encoded.astype(h5py.string_dtype("utf-8", max(encoded.dtype.itemsize, 1)))


def decode(dataset: h5py.Dataset) -> list[str]:
    """Texts that `encode` made."""
    texts: list[str] = np.char.decode(dataset[:], "utf-8").tolist()
    return texts
