"""Which images carry the first components of a network, and how far such sets agree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.figures.activations import Stores
from repatlas.figures.inputs import Network, Similarities, describe
from repatlas.figures.layers import layers_drawn, reference_of
from repatlas.figures.spec import Measure
from repatlas.similarity.dominant import dominant, overlap

Components = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Carriers:
    """First components of a network over n probe images.

    Attributes
    ----------
    outputs
        (B,) indices of its block outputs.
    reference
        Index of the layer by which its images are ranked (`similarity.dominant.reference_layer`).
    ids
        (n,) ids of the images.
    components
        (B, n) first components of the block outputs; NaN for a constant one.
    component
        (n,) that of the reference layer.
    """

    network: Network
    outputs: NDArray[np.intp]
    reference: int
    ids: NDArray[np.str_]
    components: Components
    component: Components

    def furthest(self, fraction: float) -> NDArray[np.intp]:
        """Dominant images of the reference layer, in the order of the probe set."""
        return np.flatnonzero(dominant(self.component[None], fraction)[0])


def carriers(
    similarities: Similarities, stores: Stores, network: Network, measure: Measure
) -> Carriers:
    """First components of a network.

    Raises
    ------
    InputError
        It has no block output, no store is about it, or all of its layers are constant.
    """
    outputs = layers_drawn(network, "block_output")
    reference = reference_of(similarities, network, measure)
    ids, found = stores.first_components(network, [*outputs.tolist(), reference])
    return Carriers(network, outputs, reference, ids, np.stack(found[:-1]), found[-1])


def require_same_images(networks: Sequence[Carriers]) -> None:
    """Refuse networks that saw other images.

    Raises
    ------
    InputError
        Names the two networks.
    """
    first, *others = networks
    for other in others:
        if not np.array_equal(first.ids, other.ids):
            raise InputError(
                f"{describe(first.network)} and {describe(other.network)} saw other images: "
                "give stores of one probe set and one data set"
            )


def jaccard(first: Components, second: Components, fraction: float) -> NDArray[np.float64]:
    """Overlap of the dominant images of components, common ones over all of either set.

    Parameters
    ----------
    first, second
        (A, n) and (B, n), of the same images; NaN for constant layers.
    fraction
        Part of the images that is called dominant.

    Returns
    -------
    NDArray
        (A, B); NaN for constant layers; `chance` if they have nothing to do with each other.
    """
    overlaps = overlap(dominant(first, fraction), dominant(second, fraction))
    overlaps[np.isnan(first).any(axis=1)] = np.nan
    overlaps[:, np.isnan(second).any(axis=1)] = np.nan
    return overlaps


def chance(fraction: float) -> float:
    """Overlap, about, of two random sets of a fraction of many images."""
    return fraction / (2 - fraction)
