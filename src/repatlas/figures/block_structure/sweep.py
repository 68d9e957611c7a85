"""A sweep of solid colours over a regular grid of RGB."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.experiments.results import Synthetic
from repatlas.figures.block_structure.responses import of_kind, reference_output
from repatlas.figures.inputs import Network, describe

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sweep:
    """How strongly a network answers to the colours of a grid.

    Attributes
    ----------
    levels
        Values of red (r,), green (g,) and blue (b,), 0 to 1, ascending.
    ratio
        (b, g, r) norm at the reference layer over the median norm of the probe images there.
    layer
        Index of the reference layer.
    corners
        (k, 3) colours of the top-left pixels of the dominant images.
    """

    levels: tuple[Floats, Floats, Floats]
    ratio: Floats
    layer: int
    corners: Floats

    @property
    def strongest(self) -> tuple[float, float, float]:
        """The colour that it answers to most strongly."""
        blue, green, red = np.unravel_index(np.argmax(self.ratio), self.ratio.shape)
        reds, greens, blues = self.levels
        return float(reds[red]), float(greens[green]), float(blues[blue])


def sweep(record: Synthetic, network: Network) -> Sweep:
    """Norms of the swept colours at the reference layer.

    Raises
    ------
    InputError
        The record holds no sweep, or not one image for every colour of a regular grid, or the
        median norm is 0.
    """
    rows = of_kind(record, "sweep")
    colors = np.asarray(record.colors, dtype=np.float64)[rows].round(6)
    red, green, blue = (np.unique(channel) for channel in colors.T)
    shape = (len(blue), len(green), len(red))
    column = reference_output(record, network)
    median = float(record.median_norms[column])
    if not rows.size or len(rows) != np.prod(shape) or len(np.unique(colors, axis=0)) != len(rows):
        raise InputError(
            f"the synthetic images of {describe(network)} hold no sweep over a regular grid of "
            "colours: repeat the experiment"
        )
    if not median > 0:
        raise InputError(
            f"half of the probe images leave layer {record.reference} of {describe(network)} at "
            "zero: leave it out of --layout"
        )
    ratio = np.empty(shape)
    place = [np.searchsorted(v, c) for v, c in zip((red, green, blue), colors.T, strict=True)]
    ratio[place[2], place[1], place[0]] = record.norms[rows, column] / median
    corners = np.asarray(record.colors, dtype=np.float64)[of_kind(record, "solid")]
    return Sweep((red, green, blue), ratio, record.reference, corners)
