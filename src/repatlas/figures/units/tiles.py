"""Units in lines, each shown by the parts of images that activate it most."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from repatlas.figures.panels import Box
from repatlas.figures.sheet import Sheet
from repatlas.figures.units.patches import Picture, draw_mosaic, read_patches
from repatlas.figures.units.tables import unit_rows
from repatlas.units.gathered import GatheredUnits, UnitLayer

SIDE = 3
"""Patches along a side of a tile, as in the paper."""


@dataclass(frozen=True)
class ShownUnit:
    """A unit: place of its network in the file, name of it, and number in it."""

    network: int
    name: str
    unit: int


class Tiles:
    """Patches of the units of one layer, read at once.

    Parameters
    ----------
    gathered, data
        Where the units are most active, and the data set of the images.
    layer
        Place of the layer.
    units
        The units that will be drawn.

    Raises
    ------
    InputError
        The data set is absent, damaged, or lacks an image.
    """

    def __init__(
        self,
        gathered: GatheredUnits,
        data: str | os.PathLike[str],
        layer: int,
        units: Sequence[ShownUnit],
    ) -> None:
        self.layer: UnitLayer = gathered.layers[layer]
        self._ids, self._top = gathered.ids, gathered.top(layer)
        self._count = min(SIDE**2, self._top.images.shape[1])
        known = list(dict.fromkeys(units))
        places = [self._place(unit) for unit in known]
        pictures = read_patches(data, self._ids, self.layer, self._top, places, self._count)
        self._pictures: dict[ShownUnit, list[Picture]] = dict(zip(known, pictures, strict=True))

    def draw(self, sheet: Sheet, box: Box, unit: ShownUnit) -> None:
        """Draw the patches of a unit in a square, the strongest at the top left."""
        self.draw_line(sheet, box.left, box.top, box.width, {0.0: unit})

    def draw_line(
        self, sheet: Sheet, left: float, top: float, side: float, units: Mapping[float, ShownUnit]
    ) -> None:
        """Draw squares of units side by side.

        Parameters
        ----------
        left, top, side
            Inches from the left and the top edge of the sheet to the line, and of a square.
        units
            By inches from the start of the line to their squares.
        """
        width = max(units) + side
        axes = Box(left, top, width, side).axes(sheet)
        axes.set_axis_off()
        axes.set(xlim=(0, width), ylim=(0, side))
        patches = math.ceil(math.sqrt(self._count))
        for start, unit in units.items():
            draw_mosaic(axes, self._pictures[unit], patches, patches, (start, 0, side, side))

    def rows(self, panel: str, unit: ShownUnit) -> pd.DataFrame:
        """Rows of the activations at the patches of a unit, with the ids of their images."""
        place = self._place(unit)
        images = self._top.images[place, : self._count]
        known = images >= 0
        return unit_rows(
            panel,
            self.layer.title,
            "top_activation",
            self._top.values[place, : self._count][known],
            first=unit.name,
            unit=unit.unit,
            sample=[self._ids[image] for image in images[known]],
        )

    def _place(self, unit: ShownUnit) -> int:
        """Place of a unit among those of all networks."""
        return int(np.sum(self.layer.units[: unit.network], dtype=int)) + unit.unit
