"""Modes of the projections and overlaps of dominant images, as numbers.

Beyond the paper, whose Fig 3 shows both by eye: how few images carry the first component, whether
they form a mode of their own, and how far they are the same ones in other layers, seeds and epochs.
"""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from repatlas.experiments.results import Trajectory
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.dominance import (
    carriers,
    chance,
    jaccard,
    require_same_images,
)
from repatlas.figures.heatmap import LayerAxis, draw_map
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import titles
from repatlas.figures.layouts.modes import ModesLayout
from repatlas.figures.marks import HEADER, KEY_HEIGHT, draw_key, draw_row_title, draw_title
from repatlas.figures.matrix import draw_groups, draw_matrix, matrix_rows
from repatlas.figures.panels import BAR_ROOM, Box, Panels
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.spec import Cell
from repatlas.figures.style import FAINT, LINES, styled
from repatlas.figures.tables import line_rows
from repatlas.similarity.dominant import reference_layer
from repatlas.similarity.modes import GAUSSIAN_GAIN, Modes, find_modes

LEFT, KEY_ROOM, TITLE, CURVE, BELOW = 0.62, 0.2, 0.22, 1.3, 0.38
"""Inches: left of panels; key to the lines, title, panel and axis of the row of lines."""
MAP_GAP, MAP_TICKS, LARGEST_MAP = 0.3, 0.24, 1.1
"""Between maps of networks, below them, and their side at most."""
SQUARE, SQUARES, SQUARE_TICKS = 1.4, 3, 0.4
"""Side of the maps of seeds and of epochs, how many stand in a line, and room below them."""

KEY_COLUMNS = 8

Dash = str | tuple[float, tuple[float, ...]]
DASHES: tuple[Dash, ...] = (
    "-",
    (0, (4, 1.2)),
    (0, (1.2, 1)),
    (0, (5, 1.2, 1.2, 1.2)),
    (0, (8, 2)),
    (0, (2.5, 2.5)),
)

OVERLAP = "dominant_overlap"
EPOCH_TICKS = 6

QUANTITIES = {
    "participation": "participation_ratio",
    "upper": "upper_mode_size",
    "bic_gain": "bic_gain",
}
"""Names in the figure's table of what `similarity.modes.Modes` calls so."""


@styled
def draw_modes(
    similarities: Similarities,
    stores: Stores,
    trajectories: Records[Trajectory],
    layout: ModesLayout,
) -> tuple[Figure, pd.DataFrame]:
    """Lines of modes by depth; maps of overlaps across block outputs, networks and epochs.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`, ``first`` and ``second``. Quantities are
        ``participation_ratio``, ``upper_mode_size`` (NaN where unimodal), ``bic_gain`` (an
        example), ``dominant_overlap`` (Jaccard; in maps that compare networks or checkpoints
        ``first`` and ``second`` name them) and accuracies.

    Raises
    ------
    InputError
        A network, its store or a trajectory is absent, or networks saw other images.
    """
    drawing = _Drawing(similarities, stores, layout, trajectories)
    drawing.lines()
    drawing.outputs()
    drawing.networks_and_epochs()
    return drawing.finish()


class _Drawing:
    """The figure in the making."""

    def __init__(
        self,
        similarities: Similarities,
        stores: Stores,
        layout: ModesLayout,
        trajectories: Records[Trajectory],
    ) -> None:
        self.layout, self.trajectories = layout, trajectories
        networks = similarities.find_all(layout.cells)
        self.carriers = [
            carriers(similarities, stores, network, layout.measure) for network in networks
        ]
        require_same_images(self.carriers)
        self.names = titles(networks)
        self.labels = list(dict.fromkeys(network.run.label for network in networks))
        self.seeds = list(dict.fromkeys(_seed_text(network) for network in networks))
        places = min(layout.columns, len(networks))
        self.columns = Columns(places, LEFT, MAP_GAP, BAR_ROOM, LARGEST_MAP)
        self.lines_bottom = KEY_ROOM + TITLE + CURVE + BELOW
        self.pitch = HEADER + self.columns.width + MAP_TICKS
        self.maps_bottom = self.lines_bottom + self.pitch * math.ceil(len(networks) / places) + 0.16
        lines = math.ceil((1 + len(layout.trajectories)) / SQUARES)
        self.square_pitch = HEADER + SQUARE + SQUARE_TICKS
        self.bottom = self.maps_bottom + lines * self.square_pitch
        height = self.bottom + KEY_HEIGHT + footer_height(2 + layout.scale_note)
        self.panels = Panels(Sheet.of_height(height), similarities, layout, "block_output")

    def lines(self) -> None:
        """Participation ratio, upper mode and its evidence by depth: a line a network."""
        columns = Columns(3, LEFT, 0.5, 0.12)
        boxes = [
            Box(columns.edge(place), KEY_ROOM + TITLE, columns.width, CURVE) for place in range(3)
        ]
        axes = [box.axes(self.panels.sheet) for box in boxes]
        modes = [[find_modes(one) for one in item.components] for item in self.carriers]
        self._curve(axes[0], "participation ratio", "participation", modes)
        axes[0].set_yscale("log")
        axes[0].axhline(1 / 3, color=FAINT, lw=0.5, ls=(0, (1, 2)), zorder=0)
        axes[0].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes[0].yaxis.set_major_formatter("{x:g}")
        axes[0].yaxis.set_minor_formatter(NullFormatter())
        axes[0].set_ylabel("share of images")
        self._curve(axes[1], "size of the upper mode", "upper", modes)
        axes[1].set_ylim(bottom=-0.004)
        axes[1].set_ylabel("share of images")
        self._curve(axes[2], "two modes against one, ΔBIC", "bic_gain", modes)
        axes[2].axhline(GAUSSIAN_GAIN, color=FAINT, lw=0.5, ls=(0, (1, 2)), zorder=0)
        axes[2].set_ylabel("per image")
        self._line_key()

    def _curve(self, axes: Axes, title: str, name: str, modes: list[list[Modes]]) -> None:
        letter = self.panels.next_letter()
        draw_title(axes, letter, title)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel("relative depth of the block output")
        quantity = QUANTITIES[name]
        for item, own, told in zip(self.carriers, modes, self.names, strict=True):
            values = np.array([getattr(one, name) for one in own])
            colour, dashes = self._line_style(item.network)
            places = np.linspace(0, 1, len(values))
            axes.plot(places, values, color=colour, ls=dashes, lw=0.8)
            if name == "upper":
                unimodal = np.array([not one.bimodal for one in own])
                axes.plot(places, values, ".", color=colour, ms=2.6, mew=0)
                axes.plot(places[unimodal], np.zeros(unimodal.sum()), "|", color=colour, ms=3)
            self.panels.add_rows(line_rows(letter, told, quantity, item.outputs, values))

    def _line_style(self, network: Network) -> tuple[str, Dash]:
        colour = LINES[self.labels.index(network.run.label) % len(LINES)]
        return colour, DASHES[self.seeds.index(_seed_text(network)) % len(DASHES)]

    def _line_key(self) -> None:
        """Colours are networks, dashes are seeds."""
        styles: list[tuple[str, str, Dash]] = [
            (label, LINES[place % len(LINES)], "-") for place, label in enumerate(self.labels)
        ]
        styles += [
            (seed, FAINT, DASHES[place % len(DASHES)]) for place, seed in enumerate(self.seeds)
        ]
        handles = [
            Line2D([], [], color=colour, ls=dashes, lw=0.9, label=label)
            for label, colour, dashes in styles
        ]
        self.panels.sheet.figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(LEFT / self.panels.sheet.width, 1),
            ncols=len(handles) if len(handles) <= KEY_COLUMNS else KEY_COLUMNS,
            borderpad=0.3,
            borderaxespad=0,
            handlelength=2.6,
            columnspacing=1.4,
        )

    def outputs(self) -> None:
        """Overlap of the dominant images of every two block outputs, a map a network."""
        for place, (item, name) in enumerate(zip(self.carriers, self.names, strict=True)):
            row, column = divmod(place, self.columns.count)
            side, top = self.columns.width, self.lines_bottom + row * self.pitch + HEADER
            axes = Box(self.columns.edge(column), top, side, side).axes(self.panels.sheet)
            values = jaccard(item.components, item.components, self.layout.fraction)
            axis = self.panels.axis(item.network)
            letter = self.panels.next_letter()
            self.panels.map_of(axes, letter, name, OVERLAP, values, axis)
            self.panels.header(axes, letter, name, item.network)
            if place + self.columns.count >= len(self.carriers):
                axes.set_xlabel("block output")
            if column == 0:
                axes.set_ylabel("block output")
        middle = (self.lines_bottom + HEADER + self.maps_bottom - MAP_TICKS - 0.16) / 2
        draw_row_title(self.panels.sheet, self.columns.margin - 0.06, middle, "across layers")

    def networks_and_epochs(self) -> None:
        """Overlap between networks at their reference layers, and between checkpoints."""
        count = min(SQUARES, 1 + len(self.layout.trajectories))
        columns = Columns(count, LEFT, 0.55, BAR_ROOM, SQUARE)
        self._networks(self._square(columns, 0))
        for place, cell in enumerate(self.layout.trajectories, start=1):
            self._epochs(self._square(columns, place), cell)
        self.panels.colour_bar(
            self.columns.end,
            self.lines_bottom + HEADER,
            self.columns.width,
            f"overlap of dominant {100 * self.layout.fraction:g} %",
        )

    def _square(self, columns: Columns, place: int) -> Axes:
        row, column = divmod(place, SQUARES)
        top = self.maps_bottom + row * self.square_pitch + HEADER
        return Box(columns.edge(column), top, SQUARE, SQUARE).axes(self.panels.sheet)

    def _networks(self, axes: Axes) -> None:
        letter, title = self.panels.next_letter(), "across networks"
        components = np.stack([item.component for item in self.carriers])
        values = jaccard(components, components, self.layout.fraction)
        draw_matrix(axes, values, [f"s{item.network.run.seed}" for item in self.carriers])
        draw_title(axes, letter, title, points=16)
        self.panels.add_rows(matrix_rows(letter, title, OVERLAP, values, self.names))
        draw_groups(axes, [item.network.run.label for item in self.carriers])

    def _epochs(self, axes: Axes, cell: Cell) -> None:
        record, network = self.trajectories.find(cell), self.trajectories.network(cell)
        reference = reference_layer(record.share[-1], record.cka_within[-1], network.block_outputs)
        outputs = np.flatnonzero(network.block_outputs).tolist()
        components = record.components[record.compared, outputs.index(reference)]
        epochs = record.epochs[record.compared].tolist()
        values = jaccard(components, components, self.layout.fraction)
        letter, title = self.panels.next_letter(), f"across epochs, {_name(network)}"
        draw_map(axes, values, LayerAxis(np.arange(len(values))))
        shown = np.unique(np.linspace(0, len(values) - 1, EPOCH_TICKS).round().astype(int))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks(shown, [str(epochs[place]) for place in shown])
        axes.set(xlabel="epoch", ylabel="epoch")
        self.panels.header(axes, letter, title, network)
        names = [record.checkpoints[place] for place in record.compared]
        self.panels.add_rows(matrix_rows(letter, title, OVERLAP, values, names))

    def finish(self) -> tuple[Figure, pd.DataFrame]:
        """Key and notes; the figure and its table."""
        draw_key(self.panels.sheet, self.bottom)
        fraction = self.layout.fraction
        self.panels.notes(
            "Dotted lines: a Gaussian vector. Ticks at 0 in b: unimodal. Overlap: images among the "
            f"dominant {100 * fraction:g} % of both, over those of either; chance: "
            f"{chance(fraction):.3f}.",
            "Across networks (s: seed) and epochs: at the reference layer, in the middle of the "
            "block, or of all block outputs where there is none.",
        )
        return self.panels.sheet.figure, self.panels.table()


def _seed_text(network: Network) -> str:
    """What tells apart networks of one label."""
    run = network.run
    return f"seed {run.seed}" if run.seed == run.order else f"seed {run.seed}, order {run.order}"


def _name(network: Network) -> str:
    return f"{network.run.label}, {_seed_text(network)}"
