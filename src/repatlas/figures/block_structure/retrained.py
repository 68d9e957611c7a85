"""What the retraining figure shows of each network: its dominant images and their colours."""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.data.image_statistics import read_image_statistics
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.dominance import (
    Carriers,
    carriers,
    jaccard,
    require_same_images,
)
from repatlas.figures.inputs import Similarities
from repatlas.figures.layouts.retraining import RetrainingLayout
from repatlas.figures.projected import furthest

COLOUR = "border_color"

ITSELF, ANOTHER_SEED, ANY_IMAGE = "itself", "another seed", "any image"

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Retrained:
    """Networks by condition and seed.

    Attributes
    ----------
    rows
        A tuple of networks, one a seed, for each condition; the first is the standard recipe.
    colors
        (n, 3) border colours of the probe images, in [0, 1].
    fraction
        Part of the images that is called dominant.
    """

    rows: tuple[tuple[Carriers, ...], ...]
    colors: Floats
    fraction: float

    def ranked(self, network: Carriers) -> NDArray[np.intp]:
        """Dominant images of a network, the furthest first."""
        return furthest(network.component, len(network.furthest(self.fraction)))

    def distance(self, old: Carriers, new: Carriers) -> float:
        """Mean distance of border colours from dominant images of one network to another's.

        Euclidean, over RGB in [0, 1]; an image is not compared with itself.
        """
        first, second = self.ranked(old), self.ranked(new)
        return mean_distance(self.colors[first], self.colors[second], first[:, None] == second)

    def distance_to_any(self, old: Carriers) -> float:
        """Mean distance of border colours from the dominant images to all images."""
        first, every = self.ranked(old), np.arange(len(self.colors))
        return mean_distance(self.colors[first], self.colors, first[:, None] == every)

    def overlap(self, old: Carriers, new: Carriers) -> float:
        """Jaccard overlap of the dominant images of two networks."""
        return float(jaccard(old.component[None], new.component[None], self.fraction)[0, 0])

    def pairs(self, titles: tuple[str, ...]) -> dict[str, list[tuple[int, Carriers, Carriers]]]:
        """Networks to compare by what they are: number of the seed, standard one, other one.

        Parameters
        ----------
        titles
            Of the conditions.
        """
        standard, *others = self.rows
        pairs = {ITSELF: [(seed, one, one) for seed, one in enumerate(standard)]}
        for title, row in zip(titles[1:], others, strict=True):
            pairs[title] = [
                (seed, old, new) for seed, (old, new) in enumerate(zip(standard, row, strict=True))
            ]
        apart = [
            (seed, old, new)
            for seed, old in enumerate(standard)
            for new in standard
            if new.network.run.seed != old.network.run.seed
        ]
        return pairs | ({ANOTHER_SEED: apart} if apart else {})


def mean_distance(first: Floats, second: Floats, left_out: NDArray[np.bool_]) -> float:
    """Mean Euclidean distance between points (k, 3) and (m, 3), without pairs (k, m) left out."""
    distances = np.linalg.norm(first[:, None] - second, axis=-1)[~left_out]
    return float(distances.mean()) if distances.size else 0.0


def read_retrained(
    similarities: Similarities,
    stores: Stores,
    data: str | os.PathLike[str],
    layout: RetrainingLayout,
) -> Retrained:
    """Read the networks of a layout.

    Raises
    ------
    InputError
        A network, its store, a statistic or an image is absent, or networks saw other images.
    """
    rows = tuple(
        tuple(
            carriers(similarities, stores, network, layout.measure)
            for network in similarities.find_all(condition.cells)
        )
        for condition in layout.conditions
    )
    require_same_images([network for row in rows for network in row])
    colors = read_image_statistics(data, (COLOUR,), rows[0][0].ids)[COLOUR]
    return Retrained(rows, colors, layout.fraction)
