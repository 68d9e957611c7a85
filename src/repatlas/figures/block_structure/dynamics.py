"""A network over its training (paper A, Fig 8, F.1 to F.3 and F.5)."""

import os
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from repatlas.experiments.results import Trajectory
from repatlas.figures.block_structure.settling import settling
from repatlas.figures.epochs import (
    block_at,
    chosen_epochs,
    epochs_compared,
    followed_layer,
    set_epochs,
)
from repatlas.figures.heatmap import LayerAxis
from repatlas.figures.images import draw_tiles, read_images
from repatlas.figures.inputs import Similarities
from repatlas.figures.labels import cell_titles
from repatlas.figures.layers import AXIS_LABELS, layer_axis, layers_drawn
from repatlas.figures.layouts.dynamics import DynamicsLayout
from repatlas.figures.marks import ABOVE, KEY_HEIGHT, draw_key, draw_row_title
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.projected import furthest
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, FAINT, LARGE, VERMILLION, styled
from repatlas.figures.tables import line_rows

LEFT, GAP, LARGEST = 0.84, 0.1, 1.0
"""Inches before the first column, between two, and of a column at most."""
LETTER = 0.12
"""Inches that the letter of a row takes, to the left of its title."""
HEADER, BETWEEN, TICKS = 0.28, 0.16, 0.36
"""Inches above the heat maps, between their rows, and below them."""
CURVE, CURVE_WIDTH, CURVE_HEADER = 1.05, 3.6, 0.42
TILES = (4, 2)
"""Rows and columns of the dominant images of one checkpoint."""

WITHIN, FINAL = "cka_within_checkpoint", "cka_with_final_network"
NOTES = (
    "Framed: also among the dominant images of the final network. Shape: 1 - mean |CKA within the "
    "checkpoint - CKA within the final",
    "network| over pairs of block outputs. Content: mean CKA of a block output with the same one "
    "of the final network.",
)


@styled
def draw_dynamics(
    trajectories: Records[Trajectory], data: str | os.PathLike[str], layout: DynamicsLayout
) -> tuple[Figure, pd.DataFrame]:
    """One column a checkpoint: CKA within it, CKA with the final network, dominant images.

    Below, for every network of the layout, how alike the checkpoints are to the final network in
    the shape of their heat maps and in content.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS` and ``sample``. Quantities are
        ``cka_within_checkpoint`` and ``cka_with_final_network`` (x: layer of the final network),
        ``rank`` (from 1, for every image shown), ``shape_agreement`` and ``content_agreement``
        (x: epoch), ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        A network, an epoch, a layer or an image is absent.
    """
    drawing = _Drawing(trajectories, data, layout)
    drawing.heat_maps()
    drawing.images()
    drawing.curves()
    drawing.panels.notes(*NOTES)
    return drawing.panels.sheet.figure, drawing.panels.table()


@dataclass(frozen=True)
class _Page:
    """Where everything lies, in inches from the top-left corner."""

    count: int
    notes: int

    @property
    def columns(self) -> Columns:
        """One a checkpoint."""
        return Columns(self.count, LEFT, GAP, BAR_ROOM, LARGEST)

    @property
    def side(self) -> float:
        """Side of a heat map."""
        return self.columns.width

    @property
    def tops(self) -> tuple[float, float, float]:
        """Where the rows of panels begin: within, with the final network, images."""
        second = HEADER + self.side + BETWEEN
        return HEADER, second, second + self.side + TICKS

    @property
    def tiles(self) -> float:
        """Height of the images of a checkpoint."""
        return TILES[0] * self.side / TILES[1]

    @property
    def key_top(self) -> float:
        """Where the key to the marks begins."""
        return self.tops[2] + self.tiles + 0.06

    @property
    def curve_top(self) -> float:
        """Where the curves begin."""
        return self.key_top + KEY_HEIGHT + CURVE_HEADER

    @property
    def height(self) -> float:
        """Of the whole page."""
        return self.curve_top + CURVE + 0.4 + footer_height(self.notes)


class _Drawing:
    """The figure in the making."""

    def __init__(
        self,
        trajectories: Records[Trajectory],
        data: str | os.PathLike[str],
        layout: DynamicsLayout,
    ) -> None:
        self.trajectories, self.layout = trajectories, layout
        self.network = trajectories.network(layout.cell)
        self.record = trajectories.find(layout.cell)
        self.places = chosen_epochs(self.record, self.network, layout.epochs, layout.columns)
        self.layers = layers_drawn(self.network, layout.layers)
        self.output = followed_layer(self.record, self.network, layout.layer)
        times = [*self.record.compared[self.places].tolist(), -1]
        *self.dominant, self.final = (
            furthest(self.record.components[time, self.output], TILES[0] * TILES[1])
            for time in times
        )
        shown = np.unique(np.concatenate(self.dominant)).astype(np.intp)
        self.pictures = read_images(data, self.record.ids[shown].tolist())
        self.page = _Page(len(self.places), len(NOTES) + layout.scale_note)
        self.panels = Panels(Sheet.of_height(self.page.height), Similarities(), layout)

    def heat_maps(self) -> None:
        """Two rows of heat maps with their colour bar."""
        page, label = self.page, AXIS_LABELS[self.layout.layers]
        axes_of = [self._axis(place) for place in range(len(self.record.compared))]
        rows = ((WITHIN, "within\ncheckpoint"), (FINAL, "with final\nnetwork"))
        for top, (quantity, title) in zip(page.tops, rows, strict=False):
            letter = self._row(top, page.side, title)
            for column, place in enumerate(self.places):
                x = axes_of[place] if quantity == WITHIN else axes_of[-1]
                box = Box(page.columns.edge(column), top, page.side, page.side)
                axes = box.axes(self.panels.sheet)
                told, values = self._told(place), self._values(quantity, place)
                self.panels.map_of(axes, letter, told, quantity, values, x, axes_of[place])
                self._label(axes, column, quantity)
        height = page.tops[1] + page.side - HEADER
        self.panels.colour_bar(page.columns.end, HEADER, height, "linear CKA")
        middle = (page.columns.edge(0) + page.columns.end) / 2
        text = f"{label} (in the second row, of the final network)"
        self.panels.sheet.text(middle, page.tops[1] + page.side + 0.15, text, ha="center")
        draw_key(self.panels.sheet, page.key_top)

    def _values(self, quantity: str, place: int) -> NDArray[np.floating]:
        every = self.record.cka_within if quantity == WITHIN else self.record.cka_final
        drawn: NDArray[np.floating] = every[place][np.ix_(self.layers, self.layers)]
        return drawn

    def _axis(self, place: int) -> LayerAxis:
        block = block_at(self.record, self.network, place)
        return layer_axis(self.network, self.layers, block)

    def _told(self, place: int) -> str:
        return f"epoch {epochs_compared(self.record)[place]}"

    def _row(self, top: float, height: float, title: str) -> str:
        """Letter and title of a row of panels; the letter."""
        letter, left = self.panels.next_letter(), self.page.columns.margin
        draw_row_title(self.panels.sheet, left + LETTER, top + height / 2, title)
        self.panels.sheet.text(left + 0.06, top, letter, fontsize=LARGE, fontweight="bold")
        return letter

    def _label(self, axes: Axes, column: int, quantity: str) -> None:
        """Epochs above the first row; layers below the second and to the left of both."""
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(nbins=2, integer=True, steps=[1, 2, 5, 10]))
        axes.tick_params(labelleft=column == 0, labelbottom=quantity == FINAL)
        if column == 0:
            axes.set_ylabel(AXIS_LABELS[self.layout.layers])
        if quantity == FINAL:
            return
        told = self._told(self.places[column])
        size = min(LARGE, 72 * (self.page.side + GAP) / (0.6 * len(told)))
        axes.annotate(told, (0.5, 1), (0, 7), ha="center", fontsize=size, **ABOVE)

    def images(self) -> None:
        """Dominant images of every checkpoint shown; framed are those of the final network."""
        page, top = self.page, self.page.tops[2]
        layer = int(np.flatnonzero(self.network.block_outputs)[self.output])
        letter = self._row(top, page.tiles, f"dominant images,\nlayer {layer}")
        for column, (place, images) in enumerate(zip(self.places, self.dominant, strict=True)):
            box = Box(page.columns.edge(column), top, page.side, page.tiles)
            ids = self.record.ids[images].tolist()
            axes = box.axes(self.panels.sheet)
            framed = [bool(image in self.final) for image in images]
            draw_tiles(axes, [self.pictures[name] for name in ids], framed, TILES)
            if not ids:
                axes.text(0.5, 0.5, "constant", transform=axes.transAxes, ha="center", color=FAINT)
            ranks, layers = np.arange(1.0, len(ids) + 1), np.full(len(ids), layer)
            rows = line_rows(letter, self._told(place), "rank", layers, ranks)
            self.panels.add_rows(rows.assign(sample=ids))

    def curves(self) -> None:
        """How alike the checkpoints are to the final network, by epoch."""
        cells = (self.layout.cell, *self.layout.others)
        box = Box(LEFT, self.page.curve_top, CURVE_WIDTH, CURVE)
        axes = box.axes(self.panels.sheet)
        letter = self.panels.next_letter()
        networks = [self.trajectories.network(cell) for cell in cells]
        names = cell_titles(networks, cells)
        self.panels.header(axes, letter, names[0], self.network)
        every: list[NDArray[np.int64]] = []
        for cell, network, name in zip(cells, networks, names, strict=True):
            record = self.trajectories.find(cell)
            every.append(epochs_compared(record))
            shape, content = settling(record, network)
            _draw_curves(axes, every[-1], shape, content, is_first=network is self.network)
            for quantity, values in (("shape", shape), ("content", content)):
                rows = line_rows(letter, name, f"{quantity}_agreement", every[-1], values)
                self.panels.add_rows(rows)
        if names[1:]:
            axes.plot([], [], color=FAINT, lw=0.5, label=f"thin: {', '.join(names[1:])}")
        set_epochs(axes, np.concatenate(every))
        axes.set(ylim=(0, 1.03), xlabel="epoch", ylabel="agreement with\nfinal network")
        axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1), borderaxespad=0, labelspacing=0.7)


def _draw_curves(
    axes: Axes,
    epochs: NDArray[np.int64],
    shape: NDArray[np.float64],
    content: NDArray[np.float64],
    *,
    is_first: bool,
) -> None:
    """Curves of one network: the first strong and with a legend, others thin."""
    labels = ("shape of the heat map", "content of the representations")
    for colour, curve, label in zip((BLUE, VERMILLION), (shape, content), labels, strict=True):
        if is_first:
            axes.plot(epochs, curve, "o-", color=colour, ms=2.6, mew=0, label=label, zorder=3)
        else:
            axes.plot(epochs, curve, color=colour, lw=0.5, alpha=0.6)
