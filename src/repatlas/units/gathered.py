"""What is gathered of the units of a group of networks, as an HDF5 file.

Written by `repatlas.units.collect`, one layer after the other; read without torch.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import h5py
import numpy as np
from numpy.typing import NDArray

from repatlas.group_records import read_subjects, write_subjects
from repatlas.hdf5 import open_hdf5
from repatlas.records import Subject
from repatlas.store.layers import decode, encode
from repatlas.units.moments import Floats, Moments, UnitMoments

FORMAT = "repatlas.units"
VERSION = 1


@dataclass(frozen=True)
class UnitLayer:
    """A layer whose units are looked at.

    Attributes
    ----------
    name
        As in the layer table of the networks.
    title
        For readers: conv1, conv2, ... fc1, ..., by the operation before the rectifier.
    units
        Number of units of each network.
    positions
        (height, width) of the map, (1, 1) of a layer without one.
    field_size, field_stride, field_start
        Receptive field in pixels of the image: side, step from one position to the next, and place
        of the first edge of the field of the first position (negative where it is padded).
    """

    name: str
    title: str
    units: tuple[int, ...]
    positions: tuple[int, int]
    field_size: int
    field_stride: float
    field_start: float


@dataclass(frozen=True, eq=False)
class TopPatches:
    """The places at which the units of a layer are most active, one an image.

    Attributes
    ----------
    values
        (U, k) activations, falling; NaN beyond the number of images.
    images
        (U, k) places of the images in the probe set; -1 beyond their number.
    rows, columns
        (U, k) positions in the map.
    """

    values: NDArray[np.float64]
    images: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class JointCounts:
    """How often the units of S networks are in each bin together.

    Attributes
    ----------
    count
        Number of rows.
    bins
        Bins of a unit, b.
    joint
        (U, b, U, b) float64 counts; the blocks of a network with itself are there too.
    """

    count: int
    bins: int
    joint: NDArray[np.float64]


class GatheredUnits:
    """An open file of gathered units.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._file = open_hdf5(path, FORMAT, VERSION)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def networks(self) -> tuple[Subject, ...]:
        """The networks, in the order in which their units stand."""
        return read_subjects(self._file)

    @property
    def sample_hash(self) -> str:
        """Hash of the sample ids in their order."""
        return str(self._file.attrs["sample_hash"])

    @property
    def ids(self) -> list[str]:
        """(n,) ids of the probe images."""
        return decode(self._file["ids"])

    @property
    def layers(self) -> tuple[UnitLayer, ...]:
        """The layers, input to output."""
        return tuple(
            UnitLayer(
                name=group.attrs["name"],
                title=group.attrs["title"],
                units=tuple(group.attrs["units"].tolist()),
                positions=tuple(group.attrs["positions"].tolist()),
                field_size=int(group.attrs["field_size"]),
                field_stride=float(group.attrs["field_stride"]),
                field_start=float(group.attrs["field_start"]),
            )
            for group in self._groups()
        )

    def moments(self, layer: int) -> UnitMoments:
        """Moments of the units of one layer."""
        group = self._groups()[layer]
        first, second = (
            Moments(int(count), mean, product)
            for count, mean, product in zip(
                group["count"][()], group["mean"][()], group["product"][()], strict=True
            )
        )
        return UnitMoments(
            tuple(group.attrs["units"].tolist()), (first, second), group["shuffled"][()]
        )

    def top(self, layer: int) -> TopPatches:
        """Where the units of one layer are most active."""
        group = self._groups()[layer]["top"]
        return TopPatches(*(group[name][()] for name in ("values", "images", "rows", "columns")))

    def joint_counts(self, layer: int) -> JointCounts | None:
        """How often units of one layer are in each bin together; None where not counted."""
        group = self._groups()[layer]
        if "joint" not in group:
            return None
        joint: Floats = group["joint"][()].astype(np.float64)
        return JointCounts(int(group["count"][()].sum()), joint.shape[1], joint)

    def _groups(self) -> list[h5py.Group]:
        layers = self._file["layers"]
        return [layers[str(number)] for number in range(len(layers))]


def write_header(
    file: h5py.File, networks: Sequence[Subject], ids: Sequence[str], sample_hash: str
) -> None:
    """Write which networks saw which images into a new file."""
    write_subjects(file, networks)
    file.attrs["sample_hash"] = sample_hash
    file["ids"] = encode(np.array(ids, dtype=np.str_))
    file.create_group("layers")


def write_layer(
    file: h5py.File,
    layer: UnitLayer,
    moments: UnitMoments,
    top: TopPatches,
    joint: JointCounts | None,
) -> None:
    """Write what was gathered of the next layer."""
    layers = file["layers"]
    group = layers.create_group(str(len(layers)))
    for name, value in vars(layer).items():
        group.attrs[name] = value
    group["count"] = [half.count for half in moments.halves]
    group["mean"] = np.stack([half.mean for half in moments.halves])
    # One half after the other: thousands of units need gigabytes.
    product = group.create_dataset("product", moments.shuffled.shape, dtype=np.float64)
    for number, half in enumerate(moments.halves):
        product[number] = half.product
    group["shuffled"] = moments.shuffled
    patches = group.create_group("top")
    for name, values in vars(top).items():
        patches[name] = values
    if joint is not None:
        # Counts below 2^32 in half the room.
        group["joint"] = joint.joint.astype(np.uint32)
