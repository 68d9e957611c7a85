"""Images of one colour (paper A, section on synthetic images and Fig 6)."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

NAMED = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "grey": (128, 128, 128),
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
}
"""Solid colours by name: red, green, blue."""

SWEEP = 6
"""Levels of each channel in the regular grid over RGB."""

LARGEST = 255
"""Of uint8."""


@dataclass(frozen=True, eq=False)
class SyntheticImages:
    """Images to be shown to a network, real ones among them.

    Attributes
    ----------
    kinds, labels
        (S,); see `repatlas.experiments.results.Synthetic`.
    images
        (S, 3, h, w) uint8.
    colors
        (S, 3) in [0, 1]; NaN for real images.
    """

    kinds: tuple[str, ...]
    labels: tuple[str, ...]
    images: NDArray[np.uint8]
    colors: NDArray[np.float64]


def synthetic_images(real: NDArray[np.uint8], ids: list[str]) -> SyntheticImages:
    """Real images, and images of one colour: theirs at the top left, those with names, a grid.

    Parameters
    ----------
    real
        (d, 3, h, w) dominant images.
    ids
        (d,) theirs.
    """
    levels = [round(level * LARGEST / (SWEEP - 1)) for level in range(SWEEP)]
    grid = list(product(levels, repeat=3))
    pixels = np.array([*real[:, :, 0, 0].tolist(), *NAMED.values(), *grid], dtype=np.uint8)
    solid = np.broadcast_to(pixels[:, :, None, None], (len(pixels), *real.shape[1:]))
    counts = {"dominant": len(ids), "solid": len(ids), "named": len(NAMED), "sweep": len(grid)}
    return SyntheticImages(
        kinds=tuple(kind for kind, count in counts.items() for _ in range(count)),
        labels=(
            *ids,
            *ids,
            *NAMED,
            *(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in grid),
        ),
        images=np.concatenate([real, solid]),
        colors=np.concatenate([np.full((len(real), 3), np.nan), pixels / LARGEST]),
    )
