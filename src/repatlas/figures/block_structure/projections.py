"""Projections of the probe images on first components (paper A, Fig 3 and D.1)."""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from repatlas.figures.activations import Stores
from repatlas.figures.histogram import LABEL, Binning, draw_histogram
from repatlas.figures.images import SPACE, draw_strip, read_images
from repatlas.figures.inputs import Similarities
from repatlas.figures.labels import cell_titles, measure_label
from repatlas.figures.marks import HEADER, KEY_HEIGHT, draw_key, draw_title
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.projected import ProjectedNetwork, project
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.spec import ProjectionsLayout
from repatlas.figures.style import VERMILLION, styled
from repatlas.figures.tables import projection_rows

LEFT, RIGHT, GAP, LARGEST = 0.55, 0.12, 0.45, 3.6
"""Inches beside and between columns, and of a column at most."""
TITLE, HISTOGRAM, TICKS, BELOW, LABEL_ROOM = 0.24, 0.85, 0.18, 0.1, 0.2
"""Inches of one row: its title, histogram, ticks, room below its images; label of the last row."""
LARGEST_SIDE, PROFILE_GAP, MAP_TICKS = 1.55, 0.16, 0.36
NARROW = 0.85
"""Inches of a profile that has no room for a long label."""
OVERHANG = 6.0
"""Points by which titles may reach beyond heat maps, beside which the letters of profiles stand."""
KEY = (
    "Triangles: the images shown. Dotted line: where all images would lie if they projected alike. "
    "Black frame: among those shown at another layer too."
)


@dataclass(frozen=True)
class Page:
    """Where everything lies, in inches from the top-left corner."""

    count: int
    layout: ProjectionsLayout

    @property
    def columns(self) -> Columns:
        """One a network."""
        right = BAR_ROOM if self.layout.heat_maps else RIGHT
        return Columns(self.count, LEFT, GAP, right, LARGEST)

    @property
    def width(self) -> float:
        """Width of a column."""
        return self.columns.width

    @property
    def side(self) -> float:
        """Side of a heat map; the profile of shares takes the rest of its column."""
        return min(LARGEST_SIDE, 0.6 * self.width)

    @property
    def strip(self) -> float:
        """Height of a strip of images."""
        return self.width / self.layout.images * (1 - SPACE)

    @property
    def rows_top(self) -> float:
        """Where the first row of histograms begins."""
        return HEADER + self.side + MAP_TICKS if self.layout.heat_maps else HEADER - TITLE

    @property
    def pitch(self) -> float:
        """From one row of histograms to the next."""
        return TITLE + HISTOGRAM + TICKS + self.strip + BELOW

    @property
    def key_top(self) -> float:
        """Where the key to the marks begins."""
        return self.rows_top + self.layout.layers.count * self.pitch + LABEL_ROOM

    @property
    def height(self) -> float:
        """Of the whole page."""
        notes = footer_height(1 + self.layout.scale_note)
        return self.key_top + (KEY_HEIGHT if self.layout.heat_maps else 0.0) + notes

    def histogram(self, row: int, column: int) -> Box:
        """Frame of a histogram."""
        top = self.rows_top + row * self.pitch + TITLE
        return Box(self.columns.edge(column), top, self.width, HISTOGRAM)

    def strip_below(self, row: int, column: int) -> Box:
        """Frame of the images below a histogram."""
        top = self.histogram(row, column).top + HISTOGRAM + TICKS
        return Box(self.columns.edge(column), top, self.width, self.strip)


@styled
def draw_projections(
    similarities: Similarities,
    stores: Stores,
    data: str | os.PathLike[str],
    layout: ProjectionsLayout,
) -> tuple[Figure, pd.DataFrame]:
    """Histograms of projections on the first component, with the images that project furthest.

    One column a network, one row a layer; above each column, if the layout says so, CKA within
    the network and the share of each layer's first component, with the chosen layers marked.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS` and ``sample``. Quantities are those of the
        heat maps, ``projection`` (u_i of the unit vector, for every image; x is the layer) and
        ``rank`` (from 1, for every image shown).

    Raises
    ------
    InputError
        A network, its store, one of its layers or an image is absent.
    """
    drawing = _Drawing(similarities, stores, data, layout)
    for number in range(drawing.page.count):
        drawing.head(number)
    drawing.colour_bar()
    for row in range(layout.layers.count):
        for number in range(drawing.page.count):
            drawing.histogram(row, number)
    drawing.axis_label()
    if layout.heat_maps:
        draw_key(drawing.panels.sheet, drawing.page.key_top)
    drawing.panels.notes(KEY)
    return drawing.panels.sheet.figure, drawing.panels.table()


class _Drawing:
    """The figure in the making."""

    def __init__(
        self,
        similarities: Similarities,
        stores: Stores,
        data: str | os.PathLike[str],
        layout: ProjectionsLayout,
    ) -> None:
        self.layout = layout
        self.columns = project(similarities, stores, layout)
        self.names = cell_titles([column.network for column in self.columns], layout.cells)
        self.images = read_images(data, _shown_ids(self.columns))
        self.page = Page(len(self.columns), layout)
        self.panels = Panels(
            Sheet.of_height(self.page.height), similarities, layout, overhang=OVERHANG
        )
        components = [
            projection.component for column in self.columns for projection in column.projections
        ]
        self.binning = Binning.of(components, layout.bins)

    def head(self, number: int) -> None:
        """Heat map of a column with its profile of shares."""
        if not self.layout.heat_maps:
            return
        page, column, name = self.page, self.columns[number], self.names[number]
        left = page.columns.edge(number)
        square = self.panels.heat_map(Box(left, HEADER, page.side, page.side), name, column.network)
        beside = left + page.side + PROFILE_GAP
        box = Box(beside, HEADER, left + page.width - beside, page.side)
        profile = self.panels.share_curve(box, name, column.network, upright=True)
        profile.sharey(square)
        profile.tick_params(labelleft=False)
        profile.set_xlabel("share" if box.width < NARROW else "share of first component")
        square.set(xlabel="layer", ylabel="layer")
        for projection in column.projections:
            profile.axhline(projection.layer, color=VERMILLION, lw=0.6, zorder=1)

    def colour_bar(self) -> None:
        """Colour bar of the heat maps."""
        if self.layout.heat_maps:
            end = self.page.columns.end
            self.panels.colour_bar(end, HEADER, self.page.side, measure_label(self.layout.measure))

    def histogram(self, row: int, number: int) -> None:
        """Histogram of one layer of one network, with its images below."""
        page, column, name = self.page, self.columns[number], self.names[number]
        projection = column.projections[row]
        box = page.histogram(row, number)
        axes = box.axes(self.panels.sheet)
        draw_histogram(
            axes, projection.component, self.binning, projection.furthest, self.layout.count_axis
        )
        letter = self.panels.next_letter()
        share = column.network.shares[projection.layer]
        told = "constant" if math.isnan(share) else f"share {share:.2f}"
        about = f"layer {projection.layer}, {told}"
        if row == 0 and not self.layout.heat_maps:
            self.panels.header(axes, letter, f"{name}, {about}", column.network)
        else:
            draw_title(axes, letter, about, points=4)
        if number == 0:
            axes.set_ylabel("images")
        self.panels.add_rows(projection_rows(letter, name, column.ids, projection))
        self._strip(row, number)

    def _strip(self, row: int, number: int) -> None:
        column = self.columns[number]
        furthest = column.projections[row].furthest
        if not furthest.size:
            return
        draw_strip(
            self.page.strip_below(row, number).axes(self.panels.sheet),
            [self.images[identity] for identity in column.ids[furthest].tolist()],
            [column.recurs(row, image) for image in furthest],
            self.layout.images,
        )

    def axis_label(self) -> None:
        """What the horizontal axis of the histograms is, once for all of them."""
        page = self.page
        middle = (page.columns.edge(0) + page.columns.end) / 2
        top = page.rows_top + self.layout.layers.count * page.pitch
        counts = sorted({len(column.ids) for column in self.columns})
        told = " or ".join(f"{count:,}" for count in counts)
        text = f"{LABEL}   (n = {told} images)"
        self.panels.sheet.text(middle, top - BELOW + 0.04, text, ha="center")


def _shown_ids(columns: list[ProjectedNetwork]) -> Iterator[str]:
    for column in columns:
        for projection in column.projections:
            yield from column.ids[projection.furthest].tolist()
