"""Which colours a network answers to: a sweep of solid colours over RGB. Beyond the papers."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from repatlas.experiments.results import Synthetic
from repatlas.figures.block_structure.sweep import Sweep, sweep
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import accuracy_text, cell_titles, fit_warning
from repatlas.figures.layouts.colors import ColorsLayout
from repatlas.figures.panels import BAR_GAP, BAR_ROOM, BAR_WIDTH, Box, Panels
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, INK, LARGE, NORMAL, RULE, SMALL, WARNING, styled
from repatlas.figures.tables import line_rows

LEFT, GAP, TOP, BETWEEN = 1.55, 0.07, 0.24, 0.12
"""Inches before the tiles, between them, above the first row and between rows."""
SWATCH = 0.26
COLOURS = "cividis"
NOTE = (
    "Each tile: red to the right, green to the top. Dots: corner colours of the dominant images, "
    "on the tile of the nearest blue. Ring: the strongest colour."
)


@styled
def draw_colors(records: Records[Synthetic], layout: ColorsLayout) -> tuple[Figure, pd.DataFrame]:
    """A row of tiles a network, one tile a value of blue; in the first row the colours themselves.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS` and ``sample`` (the colour, such as
        #3366cc). Quantities are ``norm_ratio`` (norm at layer x over the median norm of the probe
        images), ``corner_color`` (rank of the dominant image whose top-left pixel it is),
        ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        A network is absent, its record has no regular sweep, or two have different grids.
    """
    networks = [records.network(cell) for cell in layout.cells]
    names = cell_titles(networks, layout.cells)
    sweeps = [
        sweep(records.find(cell), network)
        for cell, network in zip(layout.cells, networks, strict=True)
    ]
    most = max(len(item.levels[2]) for item in sweeps)
    columns = Columns(most, LEFT, GAP, BAR_ROOM)
    pitch = columns.width + BETWEEN
    height = TOP + (len(sweeps) + 1) * pitch + 0.06 + footer_height(1 + layout.scale_note)
    panels = Panels(Sheet.of_height(height), Similarities(), layout)
    scale = _scale(sweeps)
    _draw_key_row(panels, columns, sweeps[0])
    for number, (network, name, item) in enumerate(zip(networks, names, sweeps, strict=True)):
        top = TOP + (number + 1) * pitch
        letter = _draw_name(panels, top, network, name, item)
        for column, blue in enumerate(item.levels[2]):
            box = Box(columns.edge(column), top, columns.width, columns.width)
            axes = box.axes(panels.sheet)
            axes.imshow(item.ratio[column], cmap=COLOURS, norm=scale, aspect="auto")
            _mark(axes, item, float(blue))
            _bare(axes)
        _add_rows(panels, letter, name, item)
    height = len(sweeps) * pitch - BETWEEN
    _draw_bar(panels, Box(columns.end + BAR_GAP, TOP + pitch, BAR_WIDTH, height), scale)
    panels.notes(NOTE)
    return panels.sheet.figure, panels.table()


def _scale(sweeps: list[Sweep]) -> LogNorm:
    """One scale for all networks; an image whose norm is 0 has the colour of the lowest."""
    known = np.concatenate([item.ratio[item.ratio > 0] for item in sweeps])
    low, high = float(known.min()), float(known.max())
    return LogNorm(low, max(high, low * 1.01), clip=True)


def _draw_key_row(panels: Panels, columns: Columns, item: Sweep) -> None:
    red, green, blue = item.levels
    side = columns.width
    panels.sheet.text(0.08, TOP + side / 2, "the colours", va="center", fontsize=LARGE)
    for column, value in enumerate(blue):
        axes = Box(columns.edge(column), TOP, side, side).axes(panels.sheet)
        tile = np.empty((len(green), len(red), 3))
        tile[...] = np.stack([*np.meshgrid(red, green), np.full((len(green), len(red)), value)], -1)
        axes.imshow(tile, aspect="auto")
        axes.set_title(f"blue {value:.1f}", fontsize=NORMAL, pad=3)
        _bare(axes)
        if column == 0:
            axes.set(xlabel="red", ylabel="green")
            axes.xaxis.labelpad = axes.yaxis.labelpad = 1


def _bare(axes: Axes) -> None:
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=RULE, linewidth=0.4)


def _draw_name(panels: Panels, top: float, network: Network, name: str, item: Sweep) -> str:
    """Letter, title, accuracies and the strongest colour, to the left of a row."""
    letter, sheet = panels.next_letter(), panels.sheet
    least = panels.layout.least_train_accuracy
    warning = fit_warning([network], least)
    sheet.text(0.08, top, letter, fontsize=LARGE, fontweight="bold")
    sheet.text(0.26, top, name, fontsize=LARGE)
    told = accuracy_text(network).replace(" · ", "\n") + (f"\n{warning}" if warning else "")
    options = {"fontsize": SMALL, "color": WARNING if warning else FAINT, "linespacing": 1.3}
    sheet.text(0.26, top + 0.16, told, **options)
    swatch = Box(0.95, top + 0.18, SWATCH, SWATCH).axes(sheet)
    swatch.add_patch(Rectangle((0, 0), 1, 1, fc=item.strongest, ec=RULE, lw=0.5, clip_on=False))
    swatch.set_axis_off()
    text = f"{to_hex(item.strongest)}\n{item.ratio.max():.1f} x median"
    sheet.text(0.86, top + 0.18 + SWATCH + 0.03, text, fontsize=SMALL, linespacing=1.2)
    panels.show(letter, name, network)
    return letter


def _mark(axes: Axes, item: Sweep, blue: float) -> None:
    """Corner colours of the dominant images and the strongest colour, where this blue is theirs."""
    red, green, blues = item.levels
    nearest = blues[np.abs(item.corners[:, 2, None] - blues).argmin(axis=1)]
    shown = item.corners[nearest == blue]
    x, y = _places(shown[:, 0], red), _places(shown[:, 1], green)
    axes.plot(x, y, "o", ms=2.6, mfc="white", mec=INK, mew=0.4, clip_on=False)
    if item.strongest[2] == blue:
        places = _places(item.strongest[0], red), _places(item.strongest[1], green)
        axes.plot(*places, "o", ms=6, mfc="none", mec="white", mew=1.2, clip_on=False)
        axes.plot(*places, "o", ms=7.2, mfc="none", mec=INK, mew=0.5, clip_on=False)


def _places(values: NDArray[np.float64] | float, levels: NDArray[np.float64]) -> NDArray:
    return np.atleast_1d(np.interp(values, levels, np.arange(len(levels))))


def _draw_bar(panels: Panels, box: Box, scale: LogNorm) -> None:
    axes = box.axes(panels.sheet)
    label = "norm / median norm"
    bar = axes.figure.colorbar(ScalarMappable(scale, COLOURS), cax=axes, label=label)
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    bar.ax.yaxis.set_major_formatter("{x:g}")
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.ax.yaxis.set_minor_formatter(NullFormatter())


def _add_rows(panels: Panels, letter: str, name: str, item: Sweep) -> None:
    red, green, blue = item.levels
    grid = np.stack(np.meshgrid(blue, green, red, indexing="ij")[::-1], axis=-1).reshape(-1, 3)
    layers = np.full(len(grid), item.layer)
    drawn = line_rows(letter, name, "norm_ratio", layers, item.ratio.ravel())
    panels.add_rows(drawn.assign(sample=[to_hex(tuple(color)) for color in grid.tolist()]))
    ranks, layers = np.arange(1.0, len(item.corners) + 1), np.full(len(item.corners), item.layer)
    drawn = line_rows(letter, name, "corner_color", layers, ranks)
    panels.add_rows(drawn.assign(sample=[to_hex(tuple(color)) for color in item.corners.tolist()]))
