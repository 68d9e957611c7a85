"""What the projections figure shows of one network: its layers, components and furthest images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.figures.activations import Stores
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.layers import block_of, chosen_layers
from repatlas.figures.spec import ProjectionsLayout
from repatlas.similarity.block import Block
from repatlas.similarity.dominant import ranked


@dataclass(frozen=True)
class Projection:
    """Probe images on the first component of one layer.

    Attributes
    ----------
    layer
        Its index, from 0.
    component
        (n,) of unit norm; NaN for a constant layer.
    furthest
        (k,) images that project furthest to either side, the furthest first; none for a constant
        layer.
    """

    layer: int
    component: NDArray[np.float32]
    furthest: NDArray[np.intp]


@dataclass(frozen=True)
class ProjectedNetwork:
    """Projections at the chosen layers of a network.

    Attributes
    ----------
    ids
        (n,) ids of the probe images.
    projections
        One for each chosen layer, top to bottom.
    """

    network: Network
    block: Block | None
    ids: NDArray[np.str_]
    projections: tuple[Projection, ...]

    def recurs(self, row: int, image: int) -> bool:
        """Whether an image is also among those that project furthest at another chosen layer."""
        layer = self.projections[row].layer
        return any(image in other.furthest for other in self.projections if other.layer != layer)


def project(
    similarities: Similarities, stores: Stores, layout: ProjectionsLayout
) -> list[ProjectedNetwork]:
    """Projections of every network of a layout, from left to right.

    Raises
    ------
    InputError
        A network, its store or one of its layers is absent.
    """
    return [
        _project(similarities, stores, layout, network)
        for network in similarities.find_all(layout.cells)
    ]


def _project(
    similarities: Similarities, stores: Stores, layout: ProjectionsLayout, network: Network
) -> ProjectedNetwork:
    block = block_of(similarities, network, layout.measure)
    layers = chosen_layers(network, layout.layers, block)
    ids, components = stores.first_components(network, layers)
    projections = tuple(
        Projection(layer, component, furthest(component, layout.images))
        for layer, component in zip(layers, components, strict=True)
    )
    return ProjectedNetwork(network, block, ids, projections)


def furthest(component: NDArray[np.floating], count: int) -> NDArray[np.intp]:
    """Images with the largest magnitudes, the largest first; of equals the earlier first.

    Parameters
    ----------
    component
        (n,); if it has NaN, there are none.
    """
    return ranked(component)[:count]
