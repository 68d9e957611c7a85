"""The images that activate units most, kept while images stream by."""

from collections.abc import Sequence

import torch
from torch import Tensor

from repatlas.units.gathered import TopPatches
from repatlas.units.rows import by_image

NONE, UNKNOWN = -1, -2
"""Position of a place that is still empty, and of one that has just been taken."""


class TopTracker:
    """For every unit of several networks the images with its largest activations.

    An image counts once, by the position at which the unit is most active in it: the first of
    them, row by row. Of images that are equal the earlier goes first.

    Parameters
    ----------
    units
        Number of units of all networks, U.
    count
        Number of images k kept of a unit.
    device
        Of the rows.
    """

    def __init__(self, units: int, count: int, device: torch.device) -> None:
        self._values = torch.full((units, count), -torch.inf, device=device)
        self._images = torch.full((units, count), NONE, device=device)
        self._positions = self._images.clone()

    def add(self, rows: Sequence[Tensor], images: int, start: int) -> None:
        """Take in the next images.

        Parameters
        ----------
        rows
            For each network its float32 rows (images x positions, units) for the same images,
            image by image.
        images
            Number of images b.
        start
            Place of the first of them in the probe set; later images come later.
        """
        maps = [by_image(own, images) for own in rows]
        values = torch.cat([own.amax(1) for own in maps], dim=1).T
        places = torch.arange(start, start + images, device=values.device).expand(len(values), -1)
        # A stable sort leaves equal values in the order of the images.
        merged = torch.cat([self._values, values], dim=1)
        merged, order = merged.sort(dim=1, descending=True, stable=True)
        count = self._values.shape[1]
        order = order[:, :count]
        self._values = merged[:, :count]
        self._images = torch.cat([self._images, places], dim=1).gather(1, order)
        unknown = torch.full_like(places, UNKNOWN)
        self._positions = torch.cat([self._positions, unknown], dim=1).gather(1, order)
        self._find_positions(maps, start)

    def _find_positions(self, maps: Sequence[Tensor], start: int) -> None:
        """Look up the positions of the images that have just come in, which are few."""
        begin = 0
        for own in maps:
            end = begin + own.shape[2]
            positions = self._positions[begin:end]
            units, ranks = (positions == UNKNOWN).nonzero(as_tuple=True)
            images = self._images[begin:end][units, ranks] - start
            positions[units, ranks] = own[images, :, units].argmax(1)
            begin = end

    def top(self, width: int) -> TopPatches:
        """What was found.

        Parameters
        ----------
        width
            Positions in a row of the map.
        """
        found = self._images != NONE
        positions = self._positions
        return TopPatches(
            values=torch.where(found, self._values.double(), torch.nan).cpu().numpy(),
            images=self._images.cpu().numpy(),
            rows=torch.where(found, positions // width, NONE).cpu().numpy(),
            columns=torch.where(found, positions % width, NONE).cpu().numpy(),
        )
