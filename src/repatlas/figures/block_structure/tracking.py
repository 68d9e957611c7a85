"""The final network's dominant images over its training (paper A, Fig F.4 and F.6)."""

import os

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from repatlas.experiments.results import Trajectory
from repatlas.figures.block_structure.followed import Followed, follow
from repatlas.figures.depth import STAGES_NOTE, set_depth
from repatlas.figures.epochs import block_at, chosen_epochs, set_epochs
from repatlas.figures.images import SPACE, Images, draw_picture, read_images
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import cell_titles
from repatlas.figures.layouts.tracking import TrackingLayout
from repatlas.figures.marks import HEADER, draw_title
from repatlas.figures.panels import Box, Panels
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, LINES, RULE, styled
from repatlas.figures.tables import line_rows

LEFT, RIGHT, GAP, LARGEST = 0.5, 0.12, 0.46, 3.2
"""Inches beside and between columns, and of a column at most."""
CURVE, PICTURE, NORMS = 1.35, 0.34, 1.35
"""Heights of the projections, of the images that they belong to, and of the norms."""
PICTURES_TOP = HEADER + CURVE + 0.42
NORMS_TOP = PICTURES_TOP + PICTURE + 0.34
EPOCHS_SHOWN = 5
COLOURS = "viridis"
"""Map of the epochs, early to late: the papers' heat maps have another."""
NOTE = (
    "Each component is turned to agree in sign with the final network's, on which the first image "
    "is positive. Shade: its detected block."
)


@styled
def draw_tracking(
    trajectories: Records[Trajectory], data: str | os.PathLike[str], layout: TrackingLayout
) -> tuple[Figure, pd.DataFrame]:
    """One column a network: projections of single images by epoch, and norms by block output.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS` and ``sample``. Quantities are
        ``projection`` (sqrt(n) u_i of the image ``sample``; x is the epoch, y the layer),
        ``norm_ratio`` (norm of the most dominant image over the median of the probe images; x is
        the layer, y the epoch), ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        A network, an epoch, a layer or an image is absent.
    """
    networks = [trajectories.network(cell) for cell in layout.cells]
    records = [trajectories.find(cell) for cell in layout.cells]
    names = cell_titles(networks, layout.cells)
    followed = [
        follow(record, network, layout.layer, layout.images)
        for record, network in zip(records, networks, strict=True)
    ]
    pictures = read_images(data, np.concatenate([item.ids for item in followed]).tolist())
    columns = Columns(len(networks), LEFT, GAP, RIGHT, LARGEST)
    height = NORMS_TOP + NORMS + 0.52 + footer_height(2 + layout.scale_note)
    panels = Panels(Sheet.of_height(height), Similarities(), layout)
    upper, lower = [], []
    for number, (network, name, item) in enumerate(zip(networks, names, followed, strict=True)):
        box = Box(columns.edge(number), HEADER, columns.width, CURVE)
        upper.append(_draw_projections(panels, box, network, name, item))
        strip = Box(columns.edge(number), PICTURES_TOP, columns.width, PICTURE)
        _draw_pictures(strip.axes(panels.sheet), item, pictures, columns.width)
    for number, (network, record, item) in enumerate(zip(networks, records, followed, strict=True)):
        box = Box(columns.edge(number), NORMS_TOP, columns.width, NORMS)
        places = chosen_epochs(record, network, layout.epochs, EPOCHS_SHOWN)
        axes = _draw_norms(panels, box, names[number], item, places)
        set_depth(axes, network, block_at(record, network, -1))
        lower.append(axes)
    _share_scales(upper, lower)
    panels.notes(NOTE, STAGES_NOTE)
    return panels.sheet.figure, panels.table()


def _draw_projections(
    panels: Panels, box: Box, network: Network, name: str, item: Followed
) -> Axes:
    axes, letter = box.axes(panels.sheet), panels.next_letter()
    axes.axhline(0, color=RULE, lw=0.5, zorder=0)
    for rank, identity in reversed(list(enumerate(item.ids.tolist()))):
        width, size = (1.3, 3.2) if rank == 0 else (0.7, 2.2)
        values = item.projections[:, rank]
        axes.plot(item.epochs, values, "o-", color=LINES[rank], lw=width, ms=size, mew=0)
        rows = line_rows(letter, name, "projection", item.epochs, values)
        panels.add_rows(rows.assign(sample=identity, y=item.layer))
    set_epochs(axes, item.epochs)
    axes.set_xlabel("epoch")
    axes.set_ylabel(r"projection, $\sqrt{n}\,u_i$")
    panels.header(axes, letter, f"{name}, layer {item.layer}", network)
    return axes


def _draw_pictures(axes: Axes, item: Followed, pictures: Images, width: float) -> None:
    """The images whose projections are drawn, framed in the colours of their curves."""
    axes.set_axis_off()
    axes.set(xlim=(0, width / PICTURE), ylim=(0, 1))
    for rank, identity in enumerate(item.ids.tolist()):
        box = (1.25 * rank + SPACE, SPACE, 1 - 2 * SPACE, 1 - 2 * SPACE)
        draw_picture(axes, pictures[identity], box, LINES[rank])
    if not item.ids.size:
        axes.text(0, 0.5, "constant layer: no component", color=FAINT, va="center")


def _draw_norms(panels: Panels, box: Box, name: str, item: Followed, places: list[int]) -> Axes:
    axes, letter = box.axes(panels.sheet), panels.next_letter()
    axes.axhline(1, color=RULE, lw=0.5, zorder=0)
    colours = mpl.colormaps[COLOURS](np.linspace(0, 0.9, len(places)))
    for place, colour in zip(places, colours, strict=True):
        epoch, values = int(item.epochs[place]), item.norm_ratio[place]
        axes.plot(
            item.outputs,
            values,
            color=colour,
            label=f"epoch {epoch}" if place == places[0] else epoch,
        )
        rows = line_rows(letter, name, "norm_ratio", item.outputs, values)
        panels.add_rows(rows.assign(y=epoch))
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set(xlabel="layer (block outputs)", ylabel="norm / median norm")
    axes.legend(
        loc="upper left", bbox_to_anchor=(-0.06, -0.21), borderaxespad=0, ncols=len(places),
        handlelength=1.0, handletextpad=0.3, columnspacing=0.7,
    )  # fmt: skip
    draw_title(axes, letter, "most dominant image")
    return axes


def _share_scales(upper: list[Axes], lower: list[Axes]) -> None:
    """One vertical scale for all networks; labelled once."""
    for row in (upper, lower):
        low = min(axes.get_ylim()[0] for axes in row)
        high = max(axes.get_ylim()[1] for axes in row)
        for axes in row:
            axes.set_ylim(low, high)
        for axes in row[1:]:
            axes.set_ylabel("")
