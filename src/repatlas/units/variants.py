"""The units of every two networks in one layer: as they are, rotated, or shown other images."""

from collections.abc import Callable

import numpy as np
from scipy.stats import ortho_group

from repatlas.units.moments import PARTS, Floats, Part, UnitMoments
from repatlas.units.standard import Pair, Side, ratio


class LayerVariants:
    """Live units of all networks in one layer, standardised, of which pairs are made.

    Parameters
    ----------
    moments
        Their moments.
    generator
        Source of one random rotation for each network.

    Attributes
    ----------
    varying
        For each network, how many units vary over all images and over either half, at least.
    """

    def __init__(self, moments: UnitMoments, generator: np.random.Generator) -> None:
        self._moments = moments
        networks = range(len(moments.units))
        parts: tuple[Part, ...] = ("all", *PARTS)
        self.varying = tuple(
            min(int(moments.varies(part)[moments.of(network)].sum()) for part in parts)
            for network in networks
        )
        self._rotations = [
            _rotation(int(moments.alive(network).sum()), generator) for network in networks
        ]
        self._sides = {
            (network, part): Side(self._standard(moments.covariance, network, network, part))
            for network in networks
            for part in parts
        }
        self._turned = {
            (network, part): side.rotated(self._rotations[network])
            for (network, part), side in self._sides.items()
        }

    def pair(self, variant: str, first: int, second: int, part: Part) -> Pair:
        """Two networks over all images or one half of them.

        Parameters
        ----------
        variant
            Of `repatlas.units.results.VARIANTS`. Rotated: the first network's units in a random
            orthogonal basis, the same over all parts. Shuffled: the second network saw other
            images.
        first, second
            The networks.
        part
            The images.
        """
        moments = self._moments
        source = moments.shuffled_covariance if variant == "shuffled" else moments.covariance
        cross = self._standard(source, first, second, part)
        side = self._sides[first, part]
        if variant == "rotated":
            cross, side = self._rotations[first].T @ cross, self._turned[first, part]
        return Pair(moments.over(part).count, side, self._sides[second, part], cross)

    def _standard(
        self, covariance: Callable[[int, int, Part], Floats], first: int, second: int, part: Part
    ) -> Floats:
        """Covariances of the live units of two networks over their deviations over all images."""
        one, other = (self._scale(network, part) for network in (first, second))
        alive, partners = (self._moments.alive(network) for network in (first, second))
        block = covariance(first, second, part)[np.ix_(alive, partners)]
        standard: Floats = block * one[:, None] * other
        return standard

    def _scale(self, network: int, part: Part) -> Floats:
        """Factors of the live units of a network; 0 for those that do not vary in the part."""
        moments, units = self._moments, self._moments.of(network)
        varies = moments.varies(part)[units][moments.alive(network)]
        deviation = np.sqrt(moments.whole.variance[units][moments.alive(network)])
        return ratio(varies, deviation)


def _rotation(size: int, generator: np.random.Generator) -> Floats:
    """Draw an orthogonal matrix from the uniform (Haar) distribution."""
    if size < 2:
        return np.eye(size)
    rotation: Floats = ortho_group.rvs(size, random_state=generator)
    return rotation
