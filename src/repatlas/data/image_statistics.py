"""Statistics of chosen images, read from a data set without its images."""

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from repatlas.data.dataset import FORMAT, VERSION
from repatlas.errors import InputError
from repatlas.hdf5 import read_hdf5

SPLITS = ("test", "train")


def read_image_statistics(
    path: str | os.PathLike[str], names: Sequence[str], ids: NDArray[np.str_]
) -> dict[str, NDArray[np.float64]]:
    """Read statistics of the images with the given ids, from either split.

    Parameters
    ----------
    names
        As in `repatlas.data.statistics.image_statistics`.
    ids
        (n,) in any order.

    Returns
    -------
    dict
        (n, d) by name; d is 3 for colours and 1 for others.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged, or lacks a statistic or an image.
    """
    with read_hdf5(path, FORMAT, VERSION) as file:
        known = {split: np.char.decode(file[f"{split}/ids"][:], "utf-8") for split in SPLITS}
        needed = [split for split in SPLITS if np.isin(known[split], ids).any()]
        rows = _rows(path, np.concatenate([known[split] for split in needed or SPLITS]), ids)
        found = {}
        for name in names:
            parts = [file[split].get(f"statistics/{name}") for split in needed]
            if any(part is None for part in parts):
                raise InputError(f"{path} holds no {name} of its images: prepare it again")
            values = np.concatenate([part[:].reshape(len(part), -1) for part in parts])
            found[name] = values[rows].astype(np.float64)
    return found


def _rows(
    path: str | os.PathLike[str], known: NDArray[np.str_], ids: NDArray[np.str_]
) -> list[int]:
    places = {name: row for row, name in enumerate(known.tolist())}
    absent = [name for name in ids.tolist() if name not in places]
    if absent:
        raise InputError(
            f"{path} holds no image {absent[0]!r}, which a store has: name the data set from "
            "which the store was made"
        )
    return [places[name] for name in ids.tolist()]
