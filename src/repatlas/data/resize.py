"""Images cut and resized, all at once."""

import functools

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]

BLOCK = 1024


def center_crop(images: Images, size: int) -> Images:
    """Cut the central ``size`` x ``size`` pixels of images (..., h, w)."""
    top, left = ((side - size) // 2 for side in images.shape[-2:])
    return images[..., top : top + size, left : left + size]


def resize_square(images: Images, size: int | None) -> Images:
    """Cut images to their central square and resize it.

    Parameters
    ----------
    images
        uint8 (n, c, h, w).
    size
        Side of the result in pixels; None leaves the images as they are.

    Returns
    -------
    Images
        uint8 (n, c, size, size). Shrunk images are averages over areas, enlarged ones linear
        interpolations; both rounded to the nearest value.
    """
    if size is None or images.shape[-2:] == (size, size):
        return images
    side = min(images.shape[-2:])
    square = center_crop(images, side)
    weights = _weights(side, size)
    result = np.empty((*images.shape[:-2], size, size), np.uint8)
    for start in range(0, len(images), BLOCK):
        block = square[start : start + BLOCK].astype(np.float32)
        result[start : start + BLOCK] = np.rint(weights @ block @ weights.T)
    return result


@functools.cache
def _weights(old: int, new: int) -> NDArray[np.float32]:
    """Weights (new, old) of the old pixels in each new one; every row sums to one."""
    if new > old:
        return _linear_weights(old, new)
    edges = np.arange(new + 1) * (old / new)
    upper = np.minimum(edges[1:, None], np.arange(1, old + 1))
    lower = np.maximum(edges[:-1, None], np.arange(old))
    return (np.clip(upper - lower, 0, None) * (new / old)).astype(np.float32)


def _linear_weights(old: int, new: int) -> NDArray[np.float32]:
    centers = np.clip((np.arange(new) + 0.5) * (old / new) - 0.5, 0, old - 1)
    distances = np.abs(centers[:, None] - np.arange(old))
    return np.clip(1 - distances, 0, None).astype(np.float32)
