"""How well simple image statistics explain projections on the first component.

Beyond the paper, which says by eye that dominant images share a background colour.
"""

import math
import os
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import LogLocator, NullFormatter

from repatlas.data.image_statistics import read_image_statistics
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.dominance import carriers, require_same_images
from repatlas.figures.block_structure.regressions import (
    CHOICES,
    TARGETS,
    Regressions,
    Statistics,
    regressions,
)
from repatlas.figures.dots import draw_dots
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import titles
from repatlas.figures.layouts.statistics import StatisticsLayout
from repatlas.figures.marks import HEADER, draw_title
from repatlas.figures.panels import Box, Panels
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, INK, LINES, NO_VALUE, SMALL, WARNING, styled
from repatlas.figures.tables import image_rows, value_rows
from repatlas.similarity.image_regression import FLOOR, FOLDS, STATISTICS

LEFT, RIGHT, KEY_ROOM, TITLE, FITS, BELOW = 0.5, 0.1, 0.2, 0.22, 1.75, 0.42
"""Inches: beside panels; key, title, panel and axis of the row of fits."""
ACROSS, GAP, LARGEST, TICKS = 4, 0.42, 1.9, 0.4
"""Scatters in a line at most, inches between them, of their side at most, and of their axis."""

TITLES = {
    "magnitude": "magnitude, log |projection|",
    "signed": "signed projection",
}
BAND = (0.05, 0.95)
"""Quantiles of the permuted fits between which the band of chance lies."""

LOWEST = -0.15
"""Where the axis of fits ends below; worse fits are drawn there."""

BACKDROP = "#d9d9d9"
"""Behind images' colours, of which white is one."""


@styled
def draw_statistics(
    similarities: Similarities,
    stores: Stores,
    data: str | os.PathLike[str],
    layout: StatisticsLayout,
) -> tuple[Figure, pd.DataFrame]:
    """Held-out fits by statistic and network, above single images of some networks.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`, ``statistic`` and ``sample``. Quantities
        are ``held_out_r2_magnitude`` and ``held_out_r2_signed`` (one a network), ``null_low`` and
        ``null_high`` of each (over all networks), ``magnitude`` and ``predicted_magnitude`` of
        single images (log10 of their ratio to the root mean square), and accuracies.

    Raises
    ------
    InputError
        A network, its store, a statistic or an image is absent, or networks saw other images.
    """
    networks = similarities.find_all(layout.cells)
    shown = similarities.find_all(layout.scatters)
    every = list(dict.fromkeys([*networks, *shown]))
    found = [carriers(similarities, stores, network, layout.measure) for network in every]
    require_same_images(found)
    statistics = read_image_statistics(data, STATISTICS, found[0].ids)
    fits = {item.network: regressions(item, statistics, layout.draws) for item in found}

    columns = Columns(min(ACROSS, max(len(shown), 1)), LEFT, GAP, RIGHT, LARGEST)
    top = KEY_ROOM + TITLE + FITS + BELOW
    lines = math.ceil(len(shown) / ACROSS)
    bottom = top + lines * (HEADER + columns.width + TICKS)
    sheet = Sheet.of_height(bottom + footer_height(2 + layout.scale_note))
    panels = Panels(sheet, similarities, layout)
    _draw_fits(panels, {network: fits[network] for network in networks})
    for place, network in enumerate(shown):
        row, column = divmod(place, ACROSS)
        box = Box(
            columns.edge(column),
            top + row * (HEADER + columns.width + TICKS) + HEADER,
            columns.width,
            columns.width,
        )
        _draw_images(panels, box, fits[network], statistics, column == 0)
    panels.notes(
        "Of each network at its reference layer, in the middle of the block (of all block outputs "
        "without one). Dots: seeds; bars: means.",
        f"Ridge regression on each statistic and its square, judged on {FOLDS} folds of images "
        "held out. Lower row: dots have the mean colour of their image.",
    )
    return sheet.figure, panels.table()


def _draw_fits(panels: Panels, fits: dict[Network, Regressions]) -> None:
    """Held-out fits: a panel for what is explained, in it a group of dots for each statistic."""
    columns = Columns(len(TARGETS), LEFT, 0.5, RIGHT)
    names = titles(list(fits))
    for place, target in enumerate(TARGETS):
        box = Box(columns.edge(place), KEY_ROOM + TITLE, columns.width, FITS)
        axes = box.axes(panels.sheet)
        letter = panels.next_letter()
        draw_title(axes, letter, TITLES[target])
        for number, choice in enumerate(CHOICES):
            values = [fit.r2[target, choice] for fit in fits.values()]
            null = np.concatenate([fit.null[target, choice] for fit in fits.values()])
            low, high = (float(end) for end in np.nanquantile(null, BAND))
            _draw_group(axes, number, dict(zip(fits, values, strict=True)), (low, high))
            parts = [value_rows(letter, "permuted images", {"null_low": low, "null_high": high})]
            quantity = f"held_out_r2_{target}"
            told = zip(names, values, strict=True)
            parts += [value_rows(letter, name, {quantity: value}) for name, value in told]
            panels.add_rows(pd.concat(parts).assign(statistic=choice))
        axes.set(xlim=(-0.5, len(CHOICES) - 0.5), ylim=(LOWEST - 0.03, 1.02))
        axes.set_xticks(
            range(len(CHOICES)), [_told(choice).replace(" ", "\n") for choice in CHOICES]
        )
        axes.tick_params(axis="x", length=0)
        axes.axhline(0, color=FAINT, lw=0.5, zorder=0)
        if place == 0:
            axes.set_ylabel("held-out R²")
    for network, name in zip(fits, names, strict=True):
        panels.show("a", name, network)
    _draw_key(panels, list(fits))


def _draw_group(
    axes: Axes, number: int, values: dict[Network, float], null: tuple[float, float]
) -> None:
    """Fits on one statistic: the seeds of each network side by side, over the band of chance."""
    low, high = (max(end, LOWEST) for end in null)
    axes.add_patch(Rectangle((number - 0.42, low), 0.84, high - low, color=NO_VALUE, lw=0))
    labels = list(dict.fromkeys(network.run.label for network in values))
    width = 0.8 / len(labels)
    for rank, label in enumerate(labels):
        own = [max(fit, LOWEST) for network, fit in values.items() if network.run.label == label]
        middle = number + (rank - (len(labels) - 1) / 2) * width
        draw_dots(axes, middle, own, LINES[rank % len(LINES)], width=0.8 * width)


def _told(choice: str) -> str:
    """A statistic in words."""
    return choice.replace("_", " ").replace("color", "colour")


def _draw_key(panels: Panels, networks: list[Network]) -> None:
    least = panels.layout.least_train_accuracy
    handles: list[Line2D | Patch] = []
    for rank, label in enumerate(dict.fromkeys(network.run.label for network in networks)):
        unfit = sum(one.run.label == label and one.train_accuracy < least for one in networks)
        told = f"{label} ({unfit} did not fit)" if unfit else label
        colour = LINES[rank % len(LINES)]
        handles.append(Line2D([], [], marker="o", ls="", ms=3.6, color=colour, label=told))
    handles.append(Patch(color=NO_VALUE, label="permuted images, 5 to 95 %"))
    legend = panels.sheet.figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(LEFT / panels.sheet.width, 1),
        ncols=len(handles),
        borderpad=0.3,
        borderaxespad=0,
        handletextpad=0.4,
    )
    for text in legend.get_texts():
        if "did not fit" in text.get_text():
            text.set_color(WARNING)


def _draw_images(
    panels: Panels, box: Box, fit: Regressions, statistics: Statistics, is_first: bool
) -> None:
    axes = box.axes(panels.sheet)
    axes.set_facecolor(BACKDROP)
    colours = np.clip(statistics["mean_color"], 0, 1)
    x, y = 10**fit.predicted, 10**fit.measured
    axes.scatter(x, y, c=colours, s=5, lw=0.2, ec=INK)
    axes.axline((1, 1), slope=1, color=FAINT, lw=0.5, ls=(0, (1, 2)), zorder=0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set(
        xlim=(min(x.min(), 0.5) / 1.1, max(x.max(), 2) * 1.1), ylim=(FLOOR * 0.8, y.max() * 1.3)
    )
    for axis in (axes.xaxis, axes.yaxis):
        low, high = axis.get_view_interval()
        axis.set_major_locator(LogLocator(subs=(1,) if high > 10 * low else (1, 2, 5)))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter(NullFormatter())
    network = fit.carriers.network
    axes.set_xlabel(f"predicted from {_told(fit.best)}")
    if is_first:
        axes.set_ylabel(r"magnitude, $\sqrt{n}\,|u_i|$")
    told = f"R² {fit.r2['magnitude', fit.best]:.2f}".replace("-0.00", "0.00")
    corner: dict[str, Any] = {"transform": axes.transAxes, "ha": "right", "va": "bottom"}
    axes.text(0.96, 0.04, told, fontsize=SMALL, **corner)
    letter = panels.next_letter()
    title = f"{network.run.label}, seed {network.run.seed}"
    panels.header(axes, letter, title, network)
    ids, layer = fit.carriers.ids, fit.carriers.reference
    for quantity, values in (("magnitude", fit.measured), ("predicted_magnitude", fit.predicted)):
        rows = image_rows(letter, title, quantity, layer, ids, values)
        panels.add_rows(rows.assign(statistic=fit.best))
