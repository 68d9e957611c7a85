"""Units standardised by the images on which relations are found: the even ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.units.moments import Floats, Part, UnitMoments

FOUND: Part = "first"
"""Relations are found on the images at even places of the probe set ..."""

SCORED: Part = "second"
"""... and scored on those at odd places."""


@dataclass(frozen=True, eq=False)
class LiveUnits:
    """Units of one network that vary, and so can be standardised, over the even images.

    Attributes
    ----------
    network
        Its place among the networks.
    units
        (p,) the units.
    mean, sd
        (p,) means and standard deviations over the even images.
    """

    network: int
    units: NDArray[np.int64]
    mean: Floats
    sd: Floats


def live_units(moments: UnitMoments, network: int) -> LiveUnits:
    """Find the units of a network that are not dead and vary over the even images."""
    units = np.flatnonzero(moments.varies(FOUND)[moments.of(network)])
    variance = moments.over(FOUND).variance[moments.of(network)]
    return LiveUnits(
        network=network,
        units=units,
        mean=moments.means(network, FOUND)[units],
        sd=np.sqrt(variance[units]),
    )


def mean_products(
    moments: UnitMoments, first: LiveUnits, second: LiveUnits, part: Part, shuffled: bool = False
) -> Floats:
    """Mean products (p, q) of standardised units of two networks.

    Over the even images they are correlations. The odd images are standardised by means and
    standard deviations over the even ones, as a map found there takes them.

    Parameters
    ----------
    moments
        Moments of a layer.
    first, second
        p and q live units.
    part
        The images.
    shuffled
        Whether the first network saw other images than the second.
    """
    if shuffled:
        covariance = moments.shuffled_covariance(second.network, first.network, part).T
    else:
        covariance = moments.covariance(first.network, second.network, part)
    offsets = [
        (moments.means(live.network, part)[live.units] - live.mean) / live.sd
        for live in (first, second)
    ]
    scaled = covariance[np.ix_(first.units, second.units)] / np.outer(first.sd, second.sd)
    products: Floats = scaled + np.outer(*offsets)
    return products
