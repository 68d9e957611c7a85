"""First and second moments of the units of several networks in one layer.

A row is one position of one image; a unit is a channel. All networks see the same rows, so the
units of all of them stand side by side: what relates any two networks is a block of one matrix.
"Convergent Learning" (Li et al. 2016), section 2, takes correlations over all rows.
"""

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from repatlas.store.gram import CONSTANT

Floats = NDArray[np.float64]
Part = Literal["all", "first", "second"]
"""All images, or one half of them: those at even or at odd places of the probe set."""

PARTS: tuple[Part, Part] = ("first", "second")


@dataclass(frozen=True, eq=False)
class Moments:
    """Moments of U units over some rows.

    Attributes
    ----------
    count
        Number of rows.
    mean
        (U,) means.
    product
        (U, U) sums of products of deviations from the means.
    """

    count: int
    mean: Floats
    product: Floats

    @property
    def covariance(self) -> Floats:
        """(U, U) covariances, divided by the number of rows."""
        covariance: Floats = self.product / self.count
        return covariance

    @property
    def variance(self) -> Floats:
        """(U,) variances, divided by the number of rows."""
        variance: Floats = np.diagonal(self.product) / self.count
        return variance

    def merged(self, other: "Moments") -> "Moments":
        """Moments over the rows of both (Chan, Golub and LeVeque 1983)."""
        count = self.count + other.count
        apart = other.mean - self.mean
        weight = self.count * other.count / count
        return Moments(
            count=count,
            mean=self.mean + apart * (other.count / count),
            product=self.product + other.product + weight * np.outer(apart, apart),
        )


@dataclass(frozen=True, eq=False)
class UnitMoments:
    """Moments of the units of S networks in one layer, over either half of the probe images.

    Attributes
    ----------
    units
        (S,) number of units of each network; U is their sum.
    halves
        Over the images at even, then at odd places of the probe set.
    shuffled
        (2, U, U) sums of products of deviations over either half, of the units of a row (first
        index) with those of another image of that half at the same position (second index): what
        is left where nothing but the mean image relates two networks.
    """

    units: tuple[int, ...]
    halves: tuple[Moments, Moments]
    shuffled: Floats

    @functools.cached_property
    def whole(self) -> Moments:
        """Over all images."""
        return self.halves[0].merged(self.halves[1])

    def over(self, part: Part) -> Moments:
        """Over all images or one half of them."""
        return self.whole if part == "all" else self.halves[PARTS.index(part)]

    def of(self, network: int) -> slice:
        """Where the units of a network stand among all."""
        start = sum(self.units[:network])
        return slice(start, start + self.units[network])

    @functools.cached_property
    def dead(self) -> NDArray[np.bool_]:
        """(U,) units that do not vary over all rows, as far as float32 can tell.

        Their variance is at most `repatlas.store.gram.CONSTANT` of their mean square.
        """
        square = self.whole.variance + self.whole.mean**2
        dead: NDArray[np.bool_] = self.whole.variance <= CONSTANT * square
        return dead

    def means(self, network: int, part: Part = "all") -> Floats:
        """(p,) mean activations of the units of a network."""
        means: Floats = self.over(part).mean[self.of(network)]
        return means

    def covariance(self, first: int, second: int, part: Part = "all") -> Floats:
        """(p, q) covariances of the units of two networks, or of one with itself."""
        product = self.over(part).product[self.of(first), self.of(second)]
        covariance: Floats = product / self.over(part).count
        return covariance

    def shuffled_covariance(self, first: int, second: int, part: Part = "all") -> Floats:
        """(p, q) covariances where the second network saw other images."""
        product = self._shuffled_product(part)[self.of(first), self.of(second)]
        covariance: Floats = product / self.over(part).count
        return covariance

    def correlation(self, first: int, second: int, part: Part = "all") -> Floats:
        """(p, q) correlations; 0 with dead units, and with those that do not vary in the part."""
        product = self.over(part).product
        return _correlation(product, self._scale(part), self.of(first), self.of(second))

    def shuffled_correlation(self, first: int, second: int, part: Part = "all") -> Floats:
        """(p, q) correlations where the second network saw other images; 0 with dead units."""
        product = self._shuffled_product(part)
        return _correlation(product, self._scale(part), self.of(first), self.of(second))

    def alive(self, network: int) -> NDArray[np.bool_]:
        """(p,) units of a network that are not dead."""
        alive: NDArray[np.bool_] = ~self.dead[self.of(network)]
        return alive

    def _shuffled_product(self, part: Part) -> Floats:
        product: Floats = (
            self._shuffled_whole if part == "all" else self.shuffled[PARTS.index(part)]
        )
        return product

    @functools.cached_property
    def _shuffled_whole(self) -> Floats:
        """(U, U) as ``shuffled``, over all rows."""
        first, second = (
            Moments(half.count, half.mean, product)
            for half, product in zip(self.halves, self.shuffled, strict=True)
        )
        return first.merged(second).product

    def _scale(self, part: Part) -> Floats:
        """(U,) reciprocal root of the sum of squares; 0 for units without a correlation."""
        moments = self.over(part)
        square = moments.variance + moments.mean**2
        varies = (moments.variance > CONSTANT * square) & ~self.dead
        scale = np.zeros(len(varies))
        scale[varies] = 1 / np.sqrt(moments.variance[varies] * moments.count)
        return scale


def _correlation(product: Floats, scale: Floats, rows: slice, columns: slice) -> Floats:
    values = product[rows, columns] * scale[rows, None] * scale[columns]
    correlation: Floats = np.clip(values, -1.0, 1.0)
    return correlation
