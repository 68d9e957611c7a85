"""What the figure of removed images shows of one network: its reference layer and its images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.figures.activations import Stores
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.layers import reference_of
from repatlas.figures.layouts.removal import RemovalLayout
from repatlas.figures.projected import furthest


@dataclass(frozen=True)
class Remainder:
    """A network on what is left of a probe set.

    Attributes
    ----------
    count
        Number of images left.
    shown
        Ids of those that project furthest on the first component of the reference layer, the
        furthest first; none where the layer is constant.
    """

    network: Network
    count: int
    shown: tuple[str, ...]


@dataclass(frozen=True)
class RemovalRow:
    """A network on every probe set of the figure.

    Attributes
    ----------
    reference
        Layer by which images were chosen and are ranked: that of the whole probe set.
    remainders
        One for each probe set, the whole one first.
    """

    reference: int
    remainders: tuple[Remainder, ...]

    @property
    def whole(self) -> Network:
        """The network on the whole probe set."""
        return self.remainders[0].network


def removal_rows(
    similarities: Similarities, stores: Stores, layout: RemovalLayout
) -> list[RemovalRow]:
    """Every network of a layout, from top to bottom.

    Raises
    ------
    InputError
        A network or its store on one of the probe sets is absent.
    """
    rows = []
    for cell in layout.cells:
        networks = [
            similarities.find(cell.model_copy(update={"probe": shown.probe}))
            for shown in layout.probes
        ]
        reference = reference_of(similarities, networks[0], layout.measure)
        remainders = tuple(
            _remainder(stores, network, reference, layout.images) for network in networks
        )
        rows.append(RemovalRow(reference, remainders))
    return rows


def _remainder(stores: Stores, network: Network, reference: int, images: int) -> Remainder:
    ids, (component,) = stores.first_components(network, [reference])
    shown: NDArray[np.str_] = ids[furthest(component, images)]
    return Remainder(network, len(ids), tuple(shown.tolist()))
