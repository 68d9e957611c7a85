"""Patches of ten photographs that come with scikit-image and scikit-learn."""

import importlib.util
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

from repatlas.data.dataset import Split
from repatlas.data.resize import resize_square
from repatlas.data.spec import DataSpec
from repatlas.data.subset import equal_quotas, take_turns
from repatlas.errors import InputError

PHOTOGRAPHS = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "chelsea": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "hubble_deep_field": ("skimage", "data/hubble_deep_field.jpg"),
    "immunohistochemistry": ("skimage", "data/ihc.png"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "retina": ("skimage", "data/retina.jpg"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "china": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
}
"""Class name: installed package and the file in it. No function of theirs that may download."""

DEFAULT_SIZE = 32
DEFAULT_COUNTS = {"train": 5000, "test": 1000}
SPLIT_SEEDS = {"train": 0, "test": 1}
SMALLEST_CROP = 32
CROPS_PER_CELL = 2
"""Side of a cell in sides of a crop, at least."""
TEST_SHARE = 0.225
FEWEST_CELLS = 4
REGION_SEED = 2022
"""The regions are the same in every study, whatever its subset seed."""
BLACK = 10
"""A pixel is black if all its channels are below this: the rim of the retina is."""
LARGEST_BLACK_SHARE = 0.5


def load_photos(spec: DataSpec) -> tuple[tuple[str, ...], Split, Split]:
    """Cut patches from the ten photographs; each photograph is a class.

    A photograph is divided into cells of at least two crops a side. Of the cells, 22.5 %, chosen
    at random once and for all, are its test region and the others its train region. A patch is a
    crop of max(32, ``spec.size``) pixels a side, wholly inside one cell, averaged down to
    ``spec.size``: no pixel is seen in both splits. Positions are drawn uniformly, without
    replacement, among those where at most half of the crop is black. The id of a patch tells
    where it is: ``split/class/top-left`` in pixels.

    Returns
    -------
    tuple
        Class names, train, test.

    Raises
    ------
    InputError
        A photograph is not installed, the patches are too large for cells, or more patches are
        asked for than there are positions.
    """
    photographs = {name: read_photograph(name) for name in PHOTOGRAPHS}
    return (
        tuple(PHOTOGRAPHS),
        _draw_split(photographs, "train", spec),
        _draw_split(photographs, "test", spec),
    )


def _draw_split(photographs: dict[str, NDArray[np.uint8]], split: str, spec: DataSpec) -> Split:
    size = spec.size or DEFAULT_SIZE
    crop = max(SMALLEST_CROP, size)
    quotas = _patch_quotas(split, spec)
    images, ids = [], []
    for label, (name, photo) in enumerate(photographs.items()):
        positions = patch_positions(photo, divide_photograph(photo.shape, crop, label), crop, split)
        if quotas[label] > len(positions):
            raise InputError(
                f"{split}: {sum(quotas)} patches of {crop} px take {quotas[label]} of '{name}', "
                f"which has {len(positions)} positions: ask for fewer"
            )
        random = np.random.default_rng([spec.subset_seed, SPLIT_SEEDS[split], label])
        chosen = random.permutation(positions)[: quotas[label]]
        windows = sliding_window_view(photo, (crop, crop), axis=(0, 1))
        images.append(resize_square(windows[chosen[:, 0], chosen[:, 1]], size))
        ids += [f"{split}/{name}/{top:04d}-{left:04d}" for top, left in chosen]
    labels = np.repeat(np.arange(len(quotas)), quotas)
    order = take_turns([np.flatnonzero(labels == label) for label in range(len(quotas))])
    return Split(np.concatenate(images)[order], labels[order], np.array(ids)[order])


def read_photograph(name: str) -> NDArray[np.uint8]:
    """Read a bundled photograph as (h, w, 3).

    Raises
    ------
    InputError
        Its file is not in the installed package.
    """
    package, file = PHOTOGRAPHS[name]
    found = importlib.util.find_spec(package)  # unlike an import, this takes no time
    folders = (found.submodule_search_locations if found else None) or []
    path = next((Path(folder) / file for folder in folders), Path(package, file))
    if not path.is_file():
        raise InputError(f"photograph '{name}' is not installed ({path}): reinstall {package}")
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def divide_photograph(
    shape: tuple[int, ...], crop: int, index: int
) -> list[tuple[slice, slice, bool]]:
    """Divide a photograph into cells and choose those of the test region.

    Parameters
    ----------
    shape
        Of the photograph: height and width come first.
    crop
        Side of the crops; cells have at least twice that.
    index
        Of the photograph: its part of the seed.

    Returns
    -------
    list
        Rows, columns and whether it belongs to the test region, of every cell.

    Raises
    ------
    InputError
        The crops are so large that there would be fewer than four cells.
    """
    sides = shape[:2]
    counts = [side // (CROPS_PER_CELL * crop) for side in sides]
    if np.prod(counts) < FEWEST_CELLS:
        raise InputError(
            f"patches of {crop} px are too large to divide photographs of {sides[1]} x {sides[0]} "
            "px into train and test regions: choose a smaller size (75 is the largest)"
        )
    rows, columns = (
        np.linspace(0, side, count + 1).round().astype(int)
        for side, count in zip(sides, counts, strict=True)
    )
    order = np.random.default_rng([REGION_SEED, index]).permutation(np.prod(counts))
    chosen = set(order[: max(1, round(TEST_SHARE * len(order)))].tolist())
    corners = [(i, j) for i in range(counts[0]) for j in range(counts[1])]
    return [
        (slice(rows[i], rows[i + 1]), slice(columns[j], columns[j + 1]), number in chosen)
        for number, (i, j) in enumerate(corners)
    ]


def patch_positions(
    photo: NDArray[np.uint8], region: list[tuple[slice, slice, bool]], crop: int, split: str
) -> NDArray[np.int64]:
    """Top-left corners (n, 2) of all crops of a split that lie in one cell and are not black."""
    height, width = photo.shape[:2]
    allowed = np.zeros((height, width), bool)
    for rows, columns, is_test in region:
        if is_test == (split == "test"):
            allowed[rows.start : rows.stop - crop + 1, columns.start : columns.stop - crop + 1] = 1
    black = np.zeros((height + 1, width + 1), np.int64)
    black[1:, 1:] = (photo.max(axis=2) < BLACK).cumsum(axis=0).cumsum(axis=1)
    sums = black[crop:, crop:] - black[:-crop, crop:] - black[crop:, :-crop] + black[:-crop, :-crop]
    inside = allowed[: height - crop + 1, : width - crop + 1]
    return np.argwhere(inside & (sums <= LARGEST_BLACK_SHARE * crop * crop))


def _patch_quotas(split: str, spec: DataSpec) -> NDArray[np.int64]:
    amount = spec.train if split == "train" else spec.test
    count = DEFAULT_COUNTS[split]
    if isinstance(amount, float):
        count = round(amount * count)
    elif amount is not None:
        count = amount
    if count < len(PHOTOGRAPHS):
        raise InputError(
            f"{split}: {count} patches are fewer than one for each of {len(PHOTOGRAPHS)} "
            "photographs: ask for more"
        )
    return equal_quotas(count, len(PHOTOGRAPHS))
