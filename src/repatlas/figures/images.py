"""Images of a data set, found by their sample ids."""

import os
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.figures.style import INK
from repatlas.hdf5 import read_hdf5

FORMAT = "repatlas.dataset"
SPLITS = ("test", "train")

Images = dict[str, NDArray[np.uint8]]

SPACE = 0.08
"""Space between images, as a part of their width."""


def read_images(path: str | os.PathLike[str], ids: Iterable[str]) -> Images:
    """Read only the images asked for, from either split.

    Returns
    -------
    Images
        (h, w, 3) for each id.

    Raises
    ------
    InputError
        The file is absent, damaged or of another kind, or lacks one of the images.
    """
    wanted = set(ids)
    found: Images = {}
    with read_hdf5(path, FORMAT) as file:
        for split in SPLITS:
            names = np.char.decode(file[f"{split}/ids"][:], "utf-8")
            for row in np.flatnonzero(np.isin(names, sorted(wanted))):
                found[str(names[row])] = file[f"{split}/images"][row].transpose(1, 2, 0)
    if missing := sorted(wanted - found.keys()):
        raise InputError(
            f"{path} holds no image {missing[0]} (and {len(missing) - 1} more are missing): give "
            "the data set from which the probe images were taken"
        )
    return found


def draw_strip(
    axes: Axes, images: Sequence[NDArray[np.uint8]], framed: Sequence[bool], places: int
) -> None:
    """Images side by side from the left, those to be framed with a frame.

    Parameters
    ----------
    places
        Number of images that fill the axes' width.
    """
    axes.set_axis_off()
    for place, (image, has_frame) in enumerate(zip(images, framed, strict=True)):
        box = (place + SPACE / 2, 0, 1 - SPACE, 1 - SPACE)
        draw_picture(axes, image, box, INK if has_frame else None)
    axes.set_xlim(0, places)
    axes.set_ylim(0, 1 - SPACE)


def draw_tiles(
    axes: Axes,
    images: Sequence[NDArray[np.uint8]],
    framed: Sequence[bool],
    places: tuple[int, int],
) -> None:
    """Images in rows from the top left, those to be framed with a frame.

    Parameters
    ----------
    places
        Rows and columns that fill the axes.
    """
    rows, columns = places
    axes.set_axis_off()
    for place, (image, has_frame) in enumerate(zip(images, framed, strict=True)):
        row, column = divmod(place, columns)
        box = (column + SPACE / 2, rows - 1 - row + SPACE / 2, 1 - SPACE, 1 - SPACE)
        draw_picture(axes, image, box, INK if has_frame else None)
    axes.set_xlim(0, columns)
    axes.set_ylim(0, rows)


def draw_picture(
    axes: Axes,
    image: NDArray[np.uint8],
    box: tuple[float, float, float, float],
    frame: str | None = None,
) -> None:
    """One image, upright in a box (left, bottom, width, height), in a frame of a colour."""
    left, bottom, width, height = box
    extent = (left, left + width, bottom, bottom + height)
    axes.imshow(image, extent=extent, origin="upper", aspect="auto", interpolation="auto")
    if frame is not None:
        axes.add_patch(
            Rectangle((left, bottom), width, height, fill=False, ec=frame, lw=1.1, clip_on=False)
        )
