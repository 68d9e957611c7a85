"""Networks retrained on changed images: which colour takes over.

Beyond the paper, which shows that dominant images share a colour and not what becomes of the block
when they are not there to be learnt from.
"""

import os
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.dominance import Carriers, chance
from repatlas.figures.block_structure.retrained import ANY_IMAGE, ITSELF, Retrained, read_retrained
from repatlas.figures.dots import draw_dots
from repatlas.figures.images import SPACE, draw_strip, read_images
from repatlas.figures.inputs import Similarities
from repatlas.figures.labels import measure_label
from repatlas.figures.layouts.retraining import RetrainingLayout
from repatlas.figures.marks import HEADER, KEY_HEIGHT, draw_key, draw_row_title, draw_title
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, FAINT, RULE, SMALL, VERMILLION, styled
from repatlas.figures.tables import image_rows, rank_rows, value_rows

LEFT, GAP, LARGEST = 0.72, 0.42, 2.3
LARGEST_SIDE, PROFILE_GAP, TICKS, SWATCHES, BELOW = 1.1, 0.14, 0.22, 0.1, 0.1
"""Inches of a cell: its map, the room beside and below it, its swatches, room below them."""
DOTS, DOTS_TITLE, DOTS_BELOW = 1.2, 0.34, 0.5
"""Inches of the panels of dots, above and below them."""
OVERHANG = 6.0
LINE = 12
"""Letters of a line of a tick label."""

OVERLAP = "dominant_overlap"

Comparison = Callable[[Carriers, Carriers], float]


@styled
def draw_retraining(
    similarities: Similarities,
    stores: Stores,
    data: str | os.PathLike[str],
    layout: RetrainingLayout,
) -> tuple[Figure, pd.DataFrame]:
    """A row a condition, a column a seed; below it how far the dominant images have changed.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS` and ``sample``. Quantities are those of heat
        maps and profiles, ``rank`` (of each image shown), ``border_red``, ``border_green`` and
        ``border_blue`` (of each dominant image), ``color_distance`` and ``dominant_overlap`` (from
        the dominant images of the standard network of a seed to those of another network), and
        ``color_distance_any`` (to all images).

    Raises
    ------
    InputError
        A network, its store, a statistic or an image is absent, or networks saw other images.
    """
    found = read_retrained(similarities, stores, data, layout)
    drawing = _Drawing(similarities, data, layout, found)
    for row in range(len(found.rows)):
        drawing.row(row)
    drawing.comparisons()
    return drawing.finish()


class _Drawing:
    """The figure in the making."""

    def __init__(
        self,
        similarities: Similarities,
        data: str | os.PathLike[str],
        layout: RetrainingLayout,
        found: Retrained,
    ) -> None:
        self.layout, self.found = layout, found
        self.titles = tuple(condition.title for condition in layout.conditions)
        self.columns = Columns(len(found.rows[0]), LEFT, GAP, BAR_ROOM, LARGEST)
        self.side = min(LARGEST_SIDE, 0.58 * self.columns.width)
        self.strip = self.columns.width / layout.images * (1 - SPACE)
        self.pitch = HEADER + self.side + TICKS + self.strip + SWATCHES + BELOW
        self.rows_end = len(found.rows) * self.pitch
        self.bottom = self.rows_end + DOTS_TITLE + DOTS + DOTS_BELOW
        height = self.bottom + KEY_HEIGHT + footer_height(2 + layout.scale_note)
        self.panels = Panels(
            Sheet.of_height(height), similarities, layout, layout.layers, overhang=OVERHANG
        )
        shown = [
            sample
            for row in found.rows
            for network in row
            for sample in network.ids[found.ranked(network)[: layout.images]].tolist()
        ]
        self.images = read_images(data, shown)

    def row(self, row: int) -> None:
        """Heat maps, profiles, images and colours of all seeds of one condition."""
        top = row * self.pitch + HEADER
        middle = top + (self.side + TICKS + self.strip) / 2
        draw_row_title(self.panels.sheet, self.columns.margin, middle, self.titles[row])
        for column, network in enumerate(self.found.rows[row]):
            letter = self._head(row, column, network)
            self._strip(row, column, network, letter)

    def _head(self, row: int, column: int, carried: Carriers) -> str:
        left, top = self.columns.edge(column), row * self.pitch + HEADER
        network, side = carried.network, self.side
        letter, title = self.panels.next_letter(), f"seed {network.run.seed}"
        square = Box(left, top, side, side).axes(self.panels.sheet)
        axis = self.panels.axis(network)
        measure = self.layout.measure
        values = self.panels.similarities.values(measure, network, network)
        values = values[np.ix_(axis.layers, axis.layers)]
        told = f"{self.titles[row]}, {title}"
        self.panels.map_of(square, letter, told, measure, values, axis)
        self.panels.header(square, letter, title, network)
        beside = left + side + PROFILE_GAP
        box = Box(beside, top, left + self.columns.width - beside, side)
        profile = self.panels.share_curve(box, told, network, upright=True, letter=letter)
        profile.sharey(square)
        profile.tick_params(labelleft=False)
        place = int(np.abs(axis.layers - carried.reference).argmin())
        profile.axhline(place, color=VERMILLION, lw=0.6, zorder=1)
        if row == 0:
            note: dict[str, Any] = {
                "xycoords": "axes fraction",
                "textcoords": "offset points",
                "fontsize": SMALL,
            }
            profile.annotate("share", (0.5, 1), (0, 3), ha="center", **note)
        if column == 0:
            square.set_ylabel(self.panels.axis_label)
        return letter

    def _strip(self, row: int, column: int, carried: Carriers, letter: str) -> None:
        """The images that project furthest, above the border colours of all dominant ones."""
        left, width = self.columns.edge(column), self.columns.width
        top = row * self.pitch + HEADER + self.side + TICKS
        ranked = self.found.ranked(carried)
        shown = carried.ids[ranked[: self.layout.images]].tolist()
        strip = Box(left, top, width, self.strip).axes(self.panels.sheet)
        pictures = [self.images[sample] for sample in shown]
        draw_strip(strip, pictures, [False] * len(shown), self.layout.images)
        colors = self.found.colors[ranked]
        swatches = Box(left, top + self.strip + 0.02, width, SWATCHES).axes(self.panels.sheet)
        swatches.imshow(colors[None], aspect="auto", interpolation="nearest")
        swatches.set(xticks=[], yticks=[])
        swatches.spines[:].set(visible=True, linewidth=0.3, color=RULE)
        told = f"{self.titles[row]}, seed {carried.network.run.seed}"
        self.panels.add_rows(rank_rows(letter, told, carried.reference, shown))
        for channel, name in enumerate(("border_red", "border_green", "border_blue")):
            rows = image_rows(
                letter, told, name, carried.reference, carried.ids[ranked], colors[:, channel]
            )
            self.panels.add_rows(rows)

    def comparisons(self) -> None:
        """Distances of border colours and overlaps, from standard networks to others."""
        found = self.found
        columns = Columns(2, LEFT, 0.6, 0.1)
        boxes = [
            Box(columns.edge(place), self.rows_end + DOTS_TITLE, columns.width, DOTS)
            for place in range(2)
        ]
        any_image = [found.distance_to_any(network) for network in found.rows[0]]
        left, right = (box.axes(self.panels.sheet) for box in boxes)
        letter = self._dots(left, "distance of border colours", "color_distance", found.distance)
        left.axhline(float(np.mean(any_image)), color=FAINT, lw=0.7, ls=(0, (3, 2)), zorder=0)
        left.annotate(
            ANY_IMAGE, (1, float(np.mean(any_image))), (0, 2), xycoords=("axes fraction", "data"),
            textcoords="offset points", ha="right", va="bottom", fontsize=SMALL, color=FAINT,
        )  # fmt: skip
        left.set_ylim(0, max(left.get_ylim()[1], 1.15 * float(np.mean(any_image))))
        left.set_ylabel("mean distance in RGB")
        for network, distance in zip(found.rows[0], any_image, strict=True):
            title = f"{ANY_IMAGE}, seed {network.network.run.seed}"
            self.panels.add_rows(value_rows(letter, title, {"color_distance_any": distance}))
        self._dots(right, "overlap of dominant images", OVERLAP, found.overlap)
        right.axhline(chance(found.fraction), color=FAINT, lw=0.7, ls=(0, (3, 2)), zorder=0)
        right.set_ylim(-0.03, 1.05)
        right.set_ylabel("Jaccard overlap")

    def _dots(self, axes: Axes, title: str, quantity: str, measure: Comparison) -> str:
        letter = self.panels.next_letter()
        draw_title(axes, letter, title)
        pairs = self.found.pairs(self.titles)
        if quantity == OVERLAP:
            del pairs[ITSELF]
        for place, (other, networks) in enumerate(pairs.items()):
            values = [measure(old, new) for _, old, new in networks]
            draw_dots(axes, place, values, BLUE, width=0.5)
            for (_, old, new), value in zip(networks, values, strict=True):
                told = f"seed {old.network.run.seed} and {other}, seed {new.network.run.seed}"
                self.panels.add_rows(value_rows(letter, told, {quantity: value}))
        axes.set_xlim(-0.5, len(pairs) - 0.5)
        axes.set_xticks(range(len(pairs)), [textwrap.fill(other, LINE) for other in pairs])
        axes.tick_params(axis="x", length=0)
        return letter

    def finish(self) -> tuple[Figure, pd.DataFrame]:
        """Colour bar, key and notes; the figure and its table."""
        self.panels.colour_bar(
            self.columns.end,
            HEADER,
            self.side,
            measure_label(self.layout.measure),
        )
        draw_key(self.panels.sheet, self.bottom)
        percent = 100 * self.layout.fraction
        self.panels.notes(
            "Orange line: the layer whose first component ranks the images. Swatches: border "
            f"colours of all dominant images, {percent:g} % of the probe images.",
            "Dots: from the dominant images of a standard network to those of itself, of the same "
            "seed otherwise trained, of another seed. Dashed: all images; chance.",
        )
        return self.panels.sheet.figure, self.panels.table()
