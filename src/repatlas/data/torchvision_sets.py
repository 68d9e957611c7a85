"""CIFAR-10, CIFAR-100, MNIST and PatchCamelyon, read from torchvision's files."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from repatlas.data.arrays import choose_split
from repatlas.data.dataset import Split
from repatlas.data.resize import center_crop, resize_square
from repatlas.data.spec import DataSpec
from repatlas.data.torchvision_files import PCAM_FILES, ensure_files
from repatlas.errors import InputError
from repatlas.torchvision_import import import_torchvision

PCAM_CLASSES = ("normal", "metastasis")
PCAM_SIDE = 96
PCAM_MOST = 2**18
"""Images of the larger split."""
PCAM_BLOCK = 1024

Loaded = tuple[tuple[str, ...], Split, Split]


def load_torchvision(spec: DataSpec) -> Loaded:
    """Read a data set from torchvision's files, downloaded if asked.

    Of PatchCamelyon, the central ``spec.size`` pixels are taken in both splits. (The paper trains
    on random 32 x 32 crops of the 96 x 96 images instead; its label is decided by the central
    32 x 32 pixels.)

    Returns
    -------
    tuple
        Class names, train, test.

    Raises
    ------
    InputError
        Files are absent or damaged, or more images are asked for than there are.
    """
    torchvision = import_torchvision()
    root = ensure_files(spec, torchvision)
    if spec.source == "pcam":
        return PCAM_CLASSES, _read_pcam(root, "train", spec), _read_pcam(root, "test", spec)
    kind = getattr(torchvision.datasets, spec.source.upper())
    splits = {split: _read(kind, root, split) for split in ("train", "test")}
    classes = tuple(str(name) for name in splits["train"].classes)
    if spec.source == "mnist":
        classes = tuple(str(digit) for digit in range(10))
    for split, source in splits.items():
        if not _fits(source, classes):
            raise InputError(_damaged(kind, root, split))
    train, test = (_choose(splits[split], split, classes, spec) for split in ("train", "test"))
    return classes, train, test


def _fits(source: Any, classes: tuple[str, ...]) -> bool:
    """Whether there is an image for each label, and a class."""
    labels = np.asarray(source.targets)
    return len(labels) == len(source.data) > 0 and labels.min() >= 0 and labels.max() < len(classes)


def _read(kind: Any, root: Path, split: str) -> Any:
    try:
        return kind(str(root), train=split == "train")
    except (AssertionError, RuntimeError, ValueError, TypeError, KeyError, IndexError) as error:
        raise InputError(_damaged(kind, root, split)) from error


def _damaged(kind: Any, root: Path, split: str) -> str:
    return (
        f"the {split} files of {kind.__name__} in {root} are damaged: delete them and set "
        "'download: true', or copy them again"
    )


def _choose(source: Any, split: str, classes: tuple[str, ...], spec: DataSpec) -> Split:
    data = np.asarray(source.data)
    if data.ndim == 3:
        data = data[..., None]

    def take(chosen: NDArray[np.int64]) -> NDArray[np.uint8]:
        images = np.ascontiguousarray(data[chosen].transpose(0, 3, 1, 2))
        return resize_square(images, spec.size)

    return choose_split(split, np.asarray(source.targets), take, classes, spec)


def _read_pcam(root: Path, split: str, spec: DataSpec) -> Split:
    size = spec.size or PCAM_SIDE
    if size > PCAM_SIDE:
        raise InputError(f"pcam has {PCAM_SIDE} px, not {size}: choose a smaller size, or null")
    images_path = root / PCAM_FILES[split, "x"]
    labels_path = root / PCAM_FILES[split, "y"]
    try:
        with h5py.File(images_path, "r") as images, h5py.File(labels_path, "r") as labels:
            _check_pcam(images["x"], labels["y"])
            return choose_split(
                split,
                labels["y"][:].reshape(-1).astype(np.int64),
                lambda chosen: _read_central(images["x"], chosen, size),
                PCAM_CLASSES,
                spec,
            )
    except (OSError, KeyError, ValueError) as error:
        faults_of_the_disk = isinstance(error, OSError) and error.errno is not None
        if faults_of_the_disk or isinstance(error, InputError):
            raise
        raise InputError(
            f"{images_path} or {labels_path} is damaged: delete both and set 'download: true', or "
            "copy them again"
        ) from error


def _check_pcam(images: Any, labels: Any) -> None:
    """Refuse other arrays than those of PatchCamelyon, before any is read.

    An array in a small file may say that it is larger than any memory.
    """
    for item in (images, labels):
        if not isinstance(item, h5py.Dataset) or item.dtype.kind not in "ui":
            raise ValueError("not an array of integers")
    count = len(labels)
    fits = labels.shape == (count, 1, 1, 1) and images.shape == (count, PCAM_SIDE, PCAM_SIDE, 3)
    if not (fits and 0 < count <= PCAM_MOST and images.dtype == np.uint8):
        raise ValueError("not of the shape of PatchCamelyon")
    if labels[:].max() >= len(PCAM_CLASSES) or labels[:].min() < 0:
        raise ValueError("labels of no class")


def _read_central(images: h5py.Dataset, chosen: NDArray[np.int64], size: int) -> NDArray[np.uint8]:
    """Read the central pixels of chosen images (n, h, w, 3), block by block in file order."""
    result = np.empty((len(chosen), 3, size, size), np.uint8)
    order = np.argsort(chosen)
    ascending = chosen[order]
    for start in range(0, len(images), PCAM_BLOCK):
        first, last = np.searchsorted(ascending, (start, start + PCAM_BLOCK))
        if first < last:
            block = center_crop(images[start : start + PCAM_BLOCK].transpose(0, 3, 1, 2), size)
            result[order[first:last]] = block[ascending[first:last] - start]
    return result
