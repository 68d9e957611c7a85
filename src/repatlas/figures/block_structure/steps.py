"""Share of the first component over the first training steps (paper A, Fig F.7)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.experiments.results import Trajectory
from repatlas.figures.depth import STAGES_NOTE, set_depth
from repatlas.figures.heatmap import LIMITS, LayerAxis, draw_colour_bar, draw_no_value
from repatlas.figures.inputs import Network, Similarities, describe
from repatlas.figures.labels import cell_titles
from repatlas.figures.layouts.steps import StepsLayout
from repatlas.figures.marks import HEADER
from repatlas.figures.panels import BAR_GAP, BAR_ROOM, BAR_WIDTH, NO_VALUE_ROOM, Box, Panels
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import INK, NO_VALUE, similarity_map, styled
from repatlas.figures.tables import map_rows

LEFT, GAP, LARGEST, HEIGHT, BELOW = 0.5, 0.42, 2.8, 2.2, 0.4
NOTE = (
    "Marks on the left: steps after which a checkpoint was taken; each is drawn up to half-way to "
    "the next. "
)


@styled
def draw_steps(
    trajectories: Records[Trajectory], layout: StepsLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a network: layer to the right, training step to the top, share as colour.

    Only the untrained network and the checkpoints after single steps are shown, each at its step.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are ``first_component_share``
        (x: layer, y: step), ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        A network is absent, or has no checkpoint after single steps.
    """
    networks = [trajectories.network(cell) for cell in layout.cells]
    names = cell_titles(networks, layout.cells)
    columns = Columns(len(networks), LEFT, GAP, BAR_ROOM, LARGEST)
    height = HEADER + HEIGHT + BELOW + footer_height(1 + layout.scale_note)
    panels = Panels(Sheet.of_height(height), Similarities(), layout)
    has_gaps = False
    for column, (cell, network, name) in enumerate(zip(layout.cells, networks, names, strict=True)):
        record = trajectories.find(cell)
        times = step_checkpoints(record, network)
        steps, shares = record.steps[times], record.share[times]
        box = Box(columns.edge(column), HEADER, columns.width, HEIGHT)
        axes = _draw_shares(box.axes(panels.sheet), network, steps, shares)
        letter = panels.next_letter()
        panels.header(axes, letter, name, network)
        layers, rows = LayerAxis(np.arange(network.size)), LayerAxis(steps.astype(np.intp))
        panels.add_rows(map_rows(letter, name, "first_component_share", shares, layers, rows))
        has_gaps |= bool(np.isnan(shares).any())
        if column == 0:
            axes.set_ylabel("training step")
    _draw_key(panels, columns.end + BAR_GAP, has_gaps=has_gaps)
    panels.notes(NOTE + STAGES_NOTE)
    return panels.sheet.figure, panels.table()


def step_checkpoints(trajectory: Trajectory, network: Network) -> NDArray[np.intp]:
    """Indices of the checkpoints after single steps, with the untrained network, by step.

    Raises
    ------
    InputError
        There are none.
    """
    whole = np.isin(np.arange(len(trajectory.steps)), trajectory.compared)
    taken = np.flatnonzero(~whole | (trajectory.steps == 0))
    _, first = np.unique(trajectory.steps[taken], return_index=True)
    if whole.all():
        raise InputError(
            f"the trajectory of {describe(network)} has no checkpoint after single steps: name "
            "some in `checkpoints.steps` of its recipe"
        )
    return taken[first]


def step_edges(steps: NDArray[np.integer]) -> NDArray[np.float64]:
    """Edges (S + 1,) of the bands of S ascending steps: half-way between neighbours."""
    middles = (steps[1:] + steps[:-1]) / 2
    if not middles.size:
        return np.array([steps[0] - 0.5, steps[0] + 0.5])
    ends = 2 * steps[0] - middles[0], 2 * steps[-1] - middles[-1]
    return np.concatenate([[ends[0]], middles, [ends[1]]])


def _draw_shares(
    axes: Axes, network: Network, steps: NDArray[np.integer], shares: NDArray[np.floating]
) -> Axes:
    edges = step_edges(steps)
    # Thousands of cells: drawn as one picture in SVG and PDF too.
    axes.pcolormesh(
        np.arange(network.size + 1) - 0.5, edges, np.ma.masked_invalid(shares),
        cmap=similarity_map(), vmin=LIMITS[0], vmax=LIMITS[1], rasterized=True,
    )  # fmt: skip
    axes.set_facecolor(NO_VALUE)
    set_depth(axes, network)
    axes.set(xlabel="layer", ylim=(edges[0], edges[-1]))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.tick_params(axis="y", length=3.5, pad=3)
    axes.plot(
        np.zeros(len(steps)), steps, "_", color=INK, ms=3, mew=0.5, clip_on=False,
        transform=axes.get_yaxis_transform(),
    )  # fmt: skip
    axes.spines[:].set_visible(False)
    return axes


def _draw_key(panels: Panels, left: float, *, has_gaps: bool) -> None:
    height = HEIGHT
    if has_gaps:
        box = Box(left, HEADER + HEIGHT - BAR_WIDTH, BAR_WIDTH, BAR_WIDTH)
        draw_no_value(box.axes(panels.sheet))
        height -= NO_VALUE_ROOM
    bar = Box(left, HEADER, BAR_WIDTH, height).axes(panels.sheet)
    draw_colour_bar(bar, "share of first component", below_zero=False)
