"""What the figure of norms shows of one network: norms of all images, and who is dominant."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from repatlas.errors import InputError
from repatlas.figures.activations import Stores
from repatlas.figures.inputs import Network, Similarities, describe
from repatlas.figures.layers import block_of, reference_of
from repatlas.figures.layouts.norms import NormsLayout
from repatlas.similarity.block import Block
from repatlas.similarity.dominant import dominant

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class NormedNetwork:
    """Norms of the activations of the probe images, n of them, at the B block outputs.

    Attributes
    ----------
    outputs
        (B,) layers that are block outputs.
    norms
        (B, n) L2 norms of the raw activations.
    reference
        Layer by whose first component images are ranked; its norms are in ``reference_norms``.
    projections
        (n,) there: sqrt(n) times the coordinates of a unit vector, turned so that the image that
        projects furthest is positive (as in the paper, where magnitudes would fold the axis).
    dominant
        (n,) whether an image is among those that project furthest.
    """

    network: Network
    block: Block | None
    ids: NDArray[np.str_]
    outputs: NDArray[np.intp]
    norms: NDArray[np.float32]
    reference: int
    reference_norms: NDArray[np.float32]
    projections: NDArray[np.float64]
    dominant: NDArray[np.bool_]

    @property
    def furthest(self) -> int:
        """The image that projects furthest; of equals the first."""
        return int(np.argmax(np.abs(self.projections)))

    @property
    def quartiles(self) -> NDArray[np.float64]:
        """(3, B) lower quartile, median and upper quartile over all images."""
        return np.quantile(self.norms.astype(np.float64), QUARTILES, axis=1)

    @property
    def correlations(self) -> tuple[float, float]:
        """Pearson's and Spearman's correlation of norm and projection."""
        return pearson(self.projections, self.reference_norms), spearman(
            self.projections, self.reference_norms
        )


def normed_networks(
    similarities: Similarities, stores: Stores, layout: NormsLayout
) -> list[NormedNetwork]:
    """Every network of a layout, from top to bottom.

    Raises
    ------
    InputError
        A network or its store is absent, or it has no block outputs.
    """
    return [
        _normed(similarities, stores, layout, network)
        for network in similarities.find_all(layout.cells)
    ]


def _normed(
    similarities: Similarities, stores: Stores, layout: NormsLayout, network: Network
) -> NormedNetwork:
    outputs = np.flatnonzero(network.block_outputs)
    if not outputs.size:
        raise InputError(f"{describe(network)} has no block outputs, whose norms are drawn")
    reference = reference_of(similarities, network, layout.measure)
    ids, (component,) = stores.first_components(network, [reference])
    *norms, reference_norms = stores.norms(network, [*outputs.tolist(), reference])
    return NormedNetwork(
        network=network,
        block=block_of(similarities, network, layout.measure),
        ids=ids,
        outputs=outputs,
        norms=np.stack(norms),
        reference=reference,
        reference_norms=reference_norms,
        projections=_towards_furthest(component) * np.sqrt(len(component)),
        dominant=dominant(component[None], layout.fraction)[0],
    )


def _towards_furthest(component: NDArray[np.floating]) -> NDArray[np.float64]:
    """The component, the sign of which is arbitrary, with its largest entry positive."""
    values = np.asarray(component, dtype=np.float64)
    return values * np.sign(values[np.argmax(np.abs(values))])


def pearson(x: ArrayLike, y: ArrayLike) -> float:
    """Pearson's correlation; NaN where one of the two does not vary."""
    first, second = (np.asarray(values, dtype=np.float64) for values in (x, y))
    first, second = first - first.mean(), second - second.mean()
    scale = np.sqrt((first @ first) * (second @ second))
    return float(first @ second / scale) if scale > 0 else float("nan")


def spearman(x: ArrayLike, y: ArrayLike) -> float:
    """Spearman's correlation: Pearson's of the ranks, equal values having their mean rank."""
    return pearson(*(pd.Series(np.asarray(values)).rank().to_numpy() for values in (x, y)))
