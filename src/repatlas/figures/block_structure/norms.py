"""Activation norms of dominant images (paper A, Fig 5)."""

import os

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.normed import QUARTILES, NormedNetwork, normed_networks
from repatlas.figures.images import Images, draw_strip, read_images
from repatlas.figures.inputs import Similarities
from repatlas.figures.labels import cell_titles, measure_label
from repatlas.figures.layers import layer_axis
from repatlas.figures.layouts.norms import NormsLayout
from repatlas.figures.marks import (
    ABOVE,
    HEADER,
    KEY_HEIGHT,
    draw_key,
    draw_row_title,
    draw_title,
)
from repatlas.figures.panels import Box, Panels
from repatlas.figures.sheet import Sheet, footer_height
from repatlas.figures.style import BLOCK, BLUE, FAINT, INK, RULE, SMALL, VERMILLION, styled
from repatlas.figures.tables import image_rows, line_rows, value_rows

SIDE, TICKS, LEFT = 1.45, 0.42, 0.62
NORMS_LEFT, NORMS_WIDTH, SCATTER_LEFT, SCATTER_WIDTH = 3.12, 1.75, 5.33, 1.45
"""Inches: a heat map, room below a row, left edges and widths of the three columns."""
BAR_END = LEFT + SIDE
PICTURE = 0.36
"""Inches of the picture of the image that projects furthest."""
ROOM = 1.32
"""The part above the curves that the picture needs, as a factor of the axis' length."""
KEY = (
    "Dominant image (framed): it projects furthest at the reference layer (upright line). "
    "Red dots: the {fraction:g} % that do."
)


@styled
def draw_norms(
    similarities: Similarities,
    stores: Stores,
    data: str | os.PathLike[str],
    layout: NormsLayout,
) -> tuple[Figure, pd.DataFrame]:
    """One row a network: CKA; norms by block output; norms against projections.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS` and ``sample``. Quantities are the measure of
        CKA, accuracies, ``norm_dominant`` (of the image that projects furthest, by layer),
        ``norm_lower_quartile``, ``norm_median`` and ``norm_upper_quartile`` (over all images, by
        layer), ``norm``, ``projection`` (sqrt(n) times a coordinate of a unit vector, positive
        for the image that projects furthest) and ``is_dominant`` (of each image at the reference
        layer), ``pearson`` and ``spearman`` (of these norms and projections).

    Raises
    ------
    InputError
        A network, its store or an image is absent, or a network has no block outputs.
    """
    rows = normed_networks(similarities, stores, layout)
    names = cell_titles([row.network for row in rows], layout.cells)
    images = read_images(data, {str(row.ids[row.furthest]) for row in rows})
    pitch = HEADER + SIDE + TICKS
    bottom = len(rows) * pitch + 0.04
    sheet = Sheet.of_height(bottom + KEY_HEIGHT + footer_height(1 + layout.scale_note))
    panels = Panels(sheet, similarities, layout, overhang=6)
    for number, (row, name) in enumerate(zip(rows, names, strict=True)):
        top = number * pitch + HEADER
        draw_row_title(sheet, 0, top + SIDE / 2, name)
        square = panels.heat_map(Box(LEFT, top, SIDE, SIDE), "", row.network)
        square.set(xlabel="layer", ylabel="layer")
        _norms(panels, top, row, name, images)
        _scatter(panels, top, row, name)
    panels.colour_bar(BAR_END, HEADER, SIDE, measure_label(layout.measure))
    draw_key(sheet, bottom)
    panels.notes(KEY.format(fraction=100 * layout.fraction))
    return sheet.figure, panels.table()


def _norms(panels: Panels, top: float, row: NormedNetwork, name: str, images: Images) -> None:
    """Norms by block output: of the image that projects furthest, and of all images."""
    axes = Box(NORMS_LEFT, top, NORMS_WIDTH, SIDE).axes(panels.sheet)
    letter, axis = panels.next_letter(), layer_axis(row.network, row.outputs, row.block)
    places, (low, middle, high) = np.arange(len(row.outputs)), row.quartiles
    own = row.norms[:, row.furthest]
    axes.fill_between(places, low, high, color=RULE, alpha=0.6, lw=0, label="middle half")
    axes.plot(places, middle, color=INK, label="median")
    axes.plot(places, own, color=VERMILLION, label="dominant image")
    if axis.block is not None:
        axes.axvspan(*axis.block, color=BLOCK, alpha=0.18, lw=0, zorder=0)
    for border in axis.borders:
        axes.axvline(border, color=FAINT, lw=0.5, ls=(0, (1, 2)), zorder=0)
    if row.reference in row.outputs:
        place = float(np.flatnonzero(row.outputs == row.reference)[0])
        axes.axvline(place, color=VERMILLION, lw=0.6, zorder=1)
    _set_norm_axes(axes, min(low.min(), own.min()), max(high.max(), own.max()))
    axes.set(xlim=(-0.5, len(places) - 0.5), xlabel="block output", ylabel="activation norm")
    draw_title(axes, letter, "norms by block output", points=16)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, borderpad=0.2, borderaxespad=0,
        handlelength=1, handletextpad=0.4, columnspacing=0.8,
    )  # fmt: skip
    _picture(panels, top, images[str(row.ids[row.furthest])])
    curves = {"norm_dominant": own, **dict(zip(_QUARTILE_NAMES, row.quartiles, strict=True))}
    for quantity, values in curves.items():
        panels.add_rows(line_rows(letter, name, quantity, row.outputs, values))


_QUARTILE_NAMES = dict(
    zip(("norm_lower_quartile", "norm_median", "norm_upper_quartile"), QUARTILES, strict=True)
)


def _set_norm_axes(axes: Axes, low: float, high: float) -> None:
    """Logarithmic axis of norms with room for the picture above the curves."""
    axes.set_yscale("log")
    low, high = max(low, 1e-6) / 1.2, max(high, 1e-6) * 1.2
    top = low * (high / low) ** ROOM
    axes.set_ylim(low, max(top, high * 1.5))
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if top / low < 200 else (1,)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _picture(panels: Panels, top: float, image: np.ndarray) -> None:
    """The image that projects furthest, in the upper right corner of the norms."""
    left = NORMS_LEFT + NORMS_WIDTH - PICTURE
    axes = Box(left, top, PICTURE, PICTURE).axes(panels.sheet)
    draw_strip(axes, [image], [True], 1)


def _scatter(panels: Panels, top: float, row: NormedNetwork, name: str) -> None:
    """Norm against projection of every image, at the reference layer."""
    axes = Box(SCATTER_LEFT, top, SCATTER_WIDTH, SIDE).axes(panels.sheet)
    letter = panels.next_letter()
    share = row.network.shares[row.reference]
    draw_title(axes, letter, f"layer {row.reference}, share {share:.2f}", points=16)
    for chosen, colour in ((~row.dominant, BLUE), (row.dominant, VERMILLION)):
        axes.plot(
            row.projections[chosen], row.reference_norms[chosen],
            ".", color=colour, ms=3, mew=0, alpha=0.7, clip_on=False,
        )  # fmt: skip
    axes.set(xlabel=r"projection, $\sqrt{n}\,u_i$", ylabel="activation norm")
    axes.axvline(0, color=FAINT, lw=0.5, ls=(0, (1, 2)), zorder=0)
    axes.set_ylim(0, row.reference_norms.max() * 1.05)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    linear, ranks = row.correlations
    text = f"Pearson {linear:.2f} · Spearman {ranks:.2f}"
    axes.annotate(text, (0, 1), (0, 7), color=INK, fontsize=SMALL, **ABOVE)
    for quantity, values in (
        ("norm", row.reference_norms),
        ("projection", row.projections),
        ("is_dominant", row.dominant),
    ):
        panels.add_rows(image_rows(letter, name, quantity, row.reference, row.ids, values))
    panels.add_rows(value_rows(letter, name, {"pearson": linear, "spearman": ranks}))
