"""The parts of images that activate a unit most."""

import math
import os
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from repatlas.figures.images import SPACE, draw_picture, read_images
from repatlas.units.gathered import TopPatches, UnitLayer

Picture = NDArray[np.uint8]
GREY = 128
"""Outside of an image, where a receptive field is padded."""
FINE = 36
"""Pixels of a patch in a mosaic, at least."""


def read_patches(
    path: str | os.PathLike[str],
    ids: Sequence[str],
    layer: UnitLayer,
    top: TopPatches,
    units: Sequence[int],
    count: int,
) -> list[list[Picture]]:
    """Cut the receptive fields at which units are most active out of the probe images.

    Parameters
    ----------
    path
        Data set of the probe images.
    ids
        (n,) ids of the probe images.
    layer, top
        The layer and where its units are most active.
    units
        Places of the units among those of all networks.
    count
        Patches of a unit, at most.

    Returns
    -------
    list
        For each unit its patches (s, s, 3), the strongest first; s is the side of the field, at
        most that of an image.

    Raises
    ------
    InputError
        The data set is absent, damaged, or lacks an image.
    """
    places = {
        (unit, rank): int(top.images[unit, rank])
        for unit in units
        for rank in range(min(count, top.images.shape[1]))
        if top.images[unit, rank] >= 0
    }
    images = read_images(path, {ids[place] for place in places.values()})
    return [
        [
            cut(
                images[ids[places[unit, rank]]],
                layer,
                int(top.rows[unit, rank]),
                int(top.columns[unit, rank]),
            )
            for rank in range(count)
            if (unit, rank) in places
        ]
        for unit in units
    ]


def cut(image: Picture, layer: UnitLayer, row: int, column: int) -> Picture:
    """Receptive field (s, s, 3) of a position; grey outside of the image (h, w, 3).

    A field as large as the image, or larger, is the whole image.
    """
    height, width, _ = image.shape
    side = layer.field_size
    if side >= min(height, width):
        return image
    top, left = (round(layer.field_start + place * layer.field_stride) for place in (row, column))
    patch = np.full((side, side, 3), GREY, dtype=np.uint8)
    rows = slice(max(top, 0), min(top + side, height))
    columns = slice(max(left, 0), min(left + side, width))
    patch[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = image[
        rows, columns
    ]
    return patch


def draw_patches(axes: Axes, patches: Sequence[Picture], rows: int, columns: int) -> None:
    """Patches of one unit in rows from the top left; places without one stay empty."""
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    draw_mosaic(axes, patches, rows, columns, (0, 0, 1, 1))


def draw_mosaic(
    axes: Axes,
    patches: Sequence[Picture],
    rows: int,
    columns: int,
    box: tuple[float, float, float, float],
) -> None:
    """As `draw_patches`, in a box (left, bottom, width, height) of axes that show more units.

    The patches become one image: figures with hundreds of units would take long otherwise.
    """
    if patches:
        draw_picture(axes, mosaic(patches, rows, columns), box)


def mosaic(patches: Sequence[Picture], rows: int, columns: int) -> Picture:
    """Patches (s, s, 3) of one size in one image on white, with space between them.

    Small patches are enlarged by a whole factor, so that the space is as thin about them.
    """
    factor = math.ceil(FINE / len(patches[0]))
    side = factor * len(patches[0])
    space = round(SPACE * side)
    height, width = (count * (side + space) - space for count in (rows, columns))
    whole = np.full((height, width, 3), 255, dtype=np.uint8)
    for place, patch in enumerate(patches):
        top, left = ((side + space) * step for step in divmod(place, columns))
        whole[top : top + side, left : left + side] = patch.repeat(factor, 0).repeat(factor, 1)
    return whole
