"""Moments of the units of several networks, gathered batch by batch.

Everything is float64. Products of float32 rows would be twice as fast on a CPU, but rectified units
repeat one value over and over, so that rounding goes the same way every time: correlations were
off by 2e-6 however many rows there were; now they are within 1e-12 of their definition, at offsets
of 10,000 standard deviations too. A batch takes 1.1 to 1.4 times as long as its matrix products
alone (four networks of 16 to 512 units on one core).
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.store.layer_grams import column_sums
from repatlas.units.moments import Floats, Moments, UnitMoments
from repatlas.units.products import add_square, mirrored
from repatlas.units.rows import by_image

LEAST = 4
"""Images of a batch: two of either half."""

ROWS = 2048
"""Rows of one product: few enough to stay in the cache."""


class MomentAccumulator:
    """Moments of the units of S networks in one layer, over either half of the images.

    Memory does not grow with the number of images. Every row is shifted by the means of the first
    batch, so that large offsets cancel in no product.

    Parameters
    ----------
    units
        (S,) number of units of each network; U is their sum.
    seed
        Of the images that are shuffled.
    """

    def __init__(self, units: Sequence[int], seed: int) -> None:
        self._units = tuple(units)
        self._seed = seed
        self._columns = _columns(self._units)
        self._shift: list[Tensor] = []
        self._halves: list[_Half] = []

    @property
    def squares(self) -> Floats:
        """(U,) sums of squared deviations until now, from the means of the first batch."""
        parts = [half.products.diagonal().cpu().numpy() for half in self._halves]
        squares: Floats = np.sum(parts, axis=0)
        return squares

    def add(self, rows: Sequence[Tensor | NDArray[np.floating]], images: int, start: int) -> None:
        """Take in the next images.

        Parameters
        ----------
        rows
            For each network its rows (images x positions, units) for the same images, image by
            image, all on one device.
        images
            Number of images b, four or more: none of a half can be shuffled alone.
        start
            Place of the first of them in the probe set; images at even places are the first half.

        Raises
        ------
        ValueError
            Fewer than four images, or rows that do not fit.
        """
        if images < LEAST:
            raise ValueError(f"{images} images cannot be shuffled in halves: add {LEAST} or more")
        maps = [by_image(torch.as_tensor(own), images) for own in rows]
        if tuple(own.shape[2] for own in maps) != self._units:
            raise ValueError(f"rows of {[own.shape[2] for own in maps]} units, not {self._units}")
        if not self._halves:
            self._begin(maps)
        partners = torch.from_numpy(_partners(images, self._seed, start)).to(maps[0].device)
        positions = maps[0].shape[1]
        step = max(1, ROWS // positions)
        own_rows, other_rows = (self._room(min(step, images) * positions) for _ in range(2))
        for parity in (0, 1):
            half = self._halves[(start + parity) % 2]
            for first in range(parity, images, 2 * step):
                chosen = slice(first, first + 2 * step, 2)
                deviations = self._deviations([own[chosen] for own in maps], own_rows)
                half.add(deviations)
                others = [own[partners[chosen]] for own in maps]
                half.add_shuffled(deviations, self._deviations(others, other_rows))

    def moments(self) -> UnitMoments:
        """Moments over all that was added.

        Raises
        ------
        ValueError
            Nothing was added.
        """
        if not self._halves:
            raise ValueError("no images were added")
        shift = torch.cat(self._shift).cpu().numpy()
        first, second = (half.moments(shift) for half in self._halves)
        shuffled = np.stack([half.shuffled_products() for half in self._halves])
        return UnitMoments(self._units, (first, second), shuffled)

    def _begin(self, maps: Sequence[Tensor]) -> None:
        """Take the provisional means from the first batch, and make room."""
        for own in maps:
            flat = own.flatten(0, 1)
            self._shift.append(column_sums(flat) / len(flat))
        side = sum(self._units)
        self._halves = [_Half(self._room(side), self._room(side), self._columns) for _ in range(2)]

    def _room(self, rows: int) -> Tensor:
        return self._shift[0].new_zeros(rows, sum(self._units))

    def _deviations(self, maps: Sequence[Tensor], buffer: Tensor) -> Tensor:
        """Units of all networks side by side (n, U), shifted, for some images of each."""
        count, positions, _ = maps[0].shape
        deviations = buffer[: count * positions]
        stacked = deviations.view(count, positions, -1)
        for own, shift, (start, stop) in zip(maps, self._shift, self._columns, strict=True):
            torch.sub(own, shift, out=stacked[:, :, start:stop])
        return deviations


class _Half:
    """Sums over one half of the images.

    Parameters
    ----------
    products, shuffled
        (U, U) zeros, to be added to.
    columns
        First column of each network, and the one after its last.
    """

    def __init__(
        self, products: Tensor, shuffled: Tensor, columns: Sequence[tuple[int, int]]
    ) -> None:
        self.products = products
        self.sums = products.new_zeros(len(products))
        self.count = 0
        self._shuffled = shuffled
        self._columns = columns

    def add(self, deviations: Tensor) -> None:
        add_square(self.products, deviations)
        self.sums += deviations.sum(0)
        self.count += len(deviations)

    def add_shuffled(self, deviations: Tensor, others: Tensor) -> None:
        """Products of each network with those after it, whose images are others.

        The other way round the same products serve: of networks that come before and whose images
        are shuffled by the inverse permutation.
        """
        for start, stop in self._columns[:-1]:
            block = self._shuffled[start:stop, stop:]
            block.addmm_(deviations[:, start:stop].T, others[:, stop:])

    def shuffled_products(self) -> Floats:
        """(U, U) from the means; NaN for the units of one and the same network."""
        sums = self.sums.cpu().numpy()
        # The shuffled images are those of the same half, so that their sums are the same.
        products: Floats = self._shuffled.cpu().numpy() - np.outer(sums, sums) / self.count
        for start, stop in self._columns:
            products[start:stop, start:stop] = np.nan
            products[stop:, start:stop] = products[start:stop, stop:].T
        return products

    def moments(self, shift: Floats) -> Moments:
        sums = self.sums.cpu().numpy()
        product = mirrored(self.products) - np.outer(sums, sums) / self.count
        # Rounding may leave less than nothing of a unit that does not vary.
        np.fill_diagonal(product, np.maximum(np.diagonal(product), 0))
        return Moments(self.count, shift + sums / self.count, product)


def _columns(units: Sequence[int]) -> list[tuple[int, int]]:
    """First column of each network among those of all, and the one after its last."""
    stops = np.cumsum(units).tolist()
    return list(zip([0, *stops[:-1]], stops, strict=True))


def _partners(images: int, seed: int, start: int) -> NDArray[np.int64]:
    """(b,) for each image of a batch another one of its half: a random cycle through each half."""
    generator = np.random.default_rng([seed, start])
    partners = np.empty(images, dtype=np.int64)
    for parity in (0, 1):
        cycle = generator.permutation(np.arange(parity, images, 2))
        partners[cycle] = np.roll(cycle, 1)
    return partners
