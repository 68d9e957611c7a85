"""Simple statistics of images, to ask what dominant images have in common."""

import numpy as np
from numpy.typing import NDArray

LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in the luminance (ITU-R BT.601)."""

BLOCK = 1024


def image_statistics(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """Colour and light of every image.

    Parameters
    ----------
    images
        uint8 (n, 3, h, w).

    Returns
    -------
    dict
        float32 in [0, 1]. ``mean_color`` (n, 3); ``border_color`` (n, 3), the mean of the
        outermost ring of pixels; ``corner_color`` (n, 3), the top-left pixel, which the paper
        repeats to make solid images (Nguyen et al. 2022, Fig. 6); ``brightness`` and
        ``contrast`` (n,), mean and standard deviation of the luminance.
    """
    blocks = [images[start : start + BLOCK] for start in range(0, len(images), BLOCK)]
    parts = [_block_statistics(block.astype(np.float32) / np.float32(255)) for block in blocks]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _block_statistics(images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    luminance = np.tensordot(images, LUMINANCE, axes=(1, 0))
    ring = np.ones(images.shape[2:], bool)
    ring[1:-1, 1:-1] = False
    return {
        "mean_color": images.mean(axis=(2, 3)),
        "border_color": images[:, :, ring].mean(axis=2),
        "corner_color": images[:, :, 0, 0].copy(),
        "brightness": luminance.mean(axis=(1, 2)),
        "contrast": luminance.std(axis=(1, 2)),
    }
