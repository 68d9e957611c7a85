"""Accuracy of linear classifiers by layer (paper B, Fig 4)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.experiments.results import LinearProbes
from repatlas.figures.depth import set_depth
from repatlas.figures.grid import PanelGrid
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import cell_titles
from repatlas.figures.layers import block_of
from repatlas.figures.layouts.linear_probes import LinearProbesLayout
from repatlas.figures.marks import HEADER, KEY_HEIGHT, draw_key
from repatlas.figures.panels import Panels
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, FAINT, VERMILLION, styled
from repatlas.figures.tables import line_rows

MARGINS = Columns(1, left=0.5, gap=0.42, right=0.12, largest=3.0)
HEIGHTS = {"height": 1.6, "header": HEADER, "below": 0.36}
LEGEND = 0.2
"""Inches for the legend below the panels."""
DOTTED = (0, (1, 1.5))
LINES = {
    "after_addition": ("after additions", "o-", BLUE, BLUE),
    "inside": ("inside residual blocks", "o--", VERMILLION, "white"),
}
"""Label, line, colour and fill of the dots of each curve."""


@styled
def draw_linear_probes(
    similarities: Similarities, records: Records[LinearProbes], layout: LinearProbesLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a network: test accuracy after additions and inside residual blocks, by layer.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are
        ``probe_accuracy_after_addition`` and ``probe_accuracy_inside`` (on the test images of the
        probe), ``train_accuracy`` and ``test_accuracy`` of the network.

    Raises
    ------
    InputError
        A network is absent from the records or from the similarity files.
    """
    networks = similarities.find_all(layout.cells)
    names = cell_titles(networks, layout.cells)
    grid = PanelGrid.even(len(networks), layout.columns, MARGINS, **HEIGHTS)
    height = grid.bottom + LEGEND + KEY_HEIGHT + footer_height(int(layout.scale_note))
    panels = Panels(Sheet.of_height(height), similarities, layout)
    drawn: list[Axes] = []
    for number, (cell, network, name) in enumerate(zip(layout.cells, networks, names, strict=True)):
        axes = grid.box(number).axes(panels.sheet)
        _draw_panel(panels, axes, name, network, records.find(cell))
        drawn.append(axes)
        if grid.is_first_of_line(number):
            axes.set_ylabel("accuracy of linear probe")
        if grid.is_lowest(number):
            axes.set_xlabel("layer")
    _share_scale(drawn)
    _draw_legend(panels, drawn[0], grid.bottom)
    draw_key(panels.sheet, grid.bottom + LEGEND)
    panels.notes()
    return panels.sheet.figure, panels.table()


def _draw_panel(
    panels: Panels, axes: Axes, name: str, network: Network, record: LinearProbes
) -> None:
    letter = panels.next_letter()
    block = block_of(panels.similarities, network, panels.layout.measure)
    axes.axhline(network.test_accuracy, color=FAINT, lw=0.7, ls=DOTTED, label="the network itself")
    for told, (label, line, colour, fill) in LINES.items():
        chosen = record.after_addition == (told == "after_addition")
        layers, values = record.layers[chosen].astype(np.intp), record.test[chosen]
        axes.plot(layers, values, line, color=colour, ms=2.4, mew=0.5, mfc=fill, label=label)
        panels.add_rows(line_rows(letter, name, f"probe_accuracy_{told}", layers, values))
    set_depth(axes, network, block)
    panels.header(axes, letter, name, network)


def _share_scale(drawn: list[Axes]) -> None:
    low = min(axes.get_ylim()[0] for axes in drawn)
    high = max(axes.get_ylim()[1] for axes in drawn)
    for axes in drawn:
        axes.set_ylim(max(low, 0), min(high, 1.02))


def _draw_legend(panels: Panels, axes: Axes, top: float) -> None:
    sheet = panels.sheet
    handles, labels = axes.get_legend_handles_labels()
    sheet.figure.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(0.0, 1 - top / sheet.height),
        ncols=3, borderaxespad=0.3, columnspacing=1.5,
    )  # fmt: skip
