"""Accuracy after residual blocks are deleted from the end of a stage (paper B, Fig 5)."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from repatlas.experiments.results import Deletion
from repatlas.figures.grid import PanelGrid
from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import cell_titles
from repatlas.figures.layers import block_of
from repatlas.figures.layouts.deletion import DeletionLayout
from repatlas.figures.marks import BLOCK_TEXT, HEADER
from repatlas.figures.panels import Panels
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLOCK, LINES, styled
from repatlas.figures.tables import line_rows
from repatlas.similarity.block import Block

MARGINS = Columns(1, left=0.5, gap=0.36, right=0.12, largest=2.6)
HEIGHTS = {"height": 1.6, "header": HEADER, "below": 0.38}
LEGEND = 0.2
"""Inches for the legend below the panels."""
MARKERS = ("o", "s", "^", "D", "v", "P")


@styled
def draw_deletion(
    similarities: Similarities, records: Records[Deletion], layout: DeletionLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a network: accuracy by number of deleted residual blocks, one line a stage.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are ``accuracy`` (x: deleted
        residual blocks, y: stage), ``inside_block`` (1 where all of them lie in the detected
        block), ``train_accuracy`` and ``test_accuracy``.

    Raises
    ------
    InputError
        A network is absent from the records or from the similarity files.
    """
    networks = similarities.find_all(layout.cells)
    names = cell_titles(networks, layout.cells)
    grid = PanelGrid.even(len(networks), layout.columns, MARGINS, **HEIGHTS)
    height = grid.bottom + LEGEND + footer_height(1 + layout.scale_note)
    panels = Panels(Sheet.of_height(height), similarities, layout)
    drawn: list[Axes] = []
    for number, (cell, network, name) in enumerate(zip(layout.cells, networks, names, strict=True)):
        axes = grid.box(number).axes(panels.sheet)
        _draw_panel(panels, axes, name, network, records.find(cell))
        drawn.append(axes)
        axes.set(ylim=(0, 1.02))
        if grid.is_first_of_line(number):
            axes.set_ylabel("accuracy")
        if grid.is_lowest(number):
            axes.set_xlabel("residual blocks deleted")
    _draw_legend(panels, drawn, grid.bottom)
    panels.notes(BLOCK_TEXT[0].upper() + BLOCK_TEXT[1:] + ".")
    return panels.sheet.figure, panels.table()


def deleted_inside(record: Deletion, network: Network, block: Block | None) -> NDArray[np.bool_]:
    """(D,) whether blocks were deleted and all of them lie in the detected block."""
    outputs = np.flatnonzero(network.block_outputs)
    found = []
    for stage, layer in zip(record.stages, record.layers, strict=True):
        gone = outputs[(network.stages[outputs] == stage) & (outputs > layer)].tolist()
        found.append(bool(gone) and block is not None and set(gone) <= set(block.outputs))
    return np.array(found, dtype=bool)


def _draw_panel(panels: Panels, axes: Axes, name: str, network: Network, record: Deletion) -> None:
    letter = panels.next_letter()
    block = block_of(panels.similarities, network, panels.layout.measure)
    inside = deleted_inside(record, network, block)
    for rank, stage in enumerate(np.unique(record.stages).tolist()):
        own = record.stages == stage
        deleted, values = record.deleted[own].astype(np.intp), record.accuracy[own]
        marked = inside[own]
        label = "all deleted ones lie in the detected block"
        ring: dict[str, Any] = {
            "ls": "",
            "ms": 7,
            "mew": 0,
            "color": BLOCK,
            "alpha": 0.55,
            "zorder": 1,
        }
        axes.plot(deleted[marked], values[marked], "o", label=label if marked.any() else "", **ring)
        style: dict[str, Any] = {
            "color": LINES[rank % len(LINES)],
            "ms": 2.8,
            "mew": 0,
            "zorder": 3,
        }
        marker = MARKERS[rank % len(MARKERS)]
        axes.plot(deleted, values, marker=marker, label=f"from the end of stage {stage}", **style)
        for quantity, numbers in (("accuracy", values), ("inside_block", marked.astype(float))):
            panels.add_rows(line_rows(letter, name, quantity, deleted, numbers).assign(y=stage))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.set_xlim(-0.3, max(int(record.deleted.max()), 1) + 0.3)
    panels.header(axes, letter, name, network)


def _draw_legend(panels: Panels, drawn: list[Axes], top: float) -> None:
    """One legend for all panels: the stages, then the mark of the block where it is used."""
    sheet = panels.sheet
    found: dict[str, Any] = {}
    for axes in drawn:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    labels = sorted(found, key=lambda label: (label.startswith("all"), label))
    sheet.figure.legend(
        [found[label] for label in labels], labels, loc="upper left", ncols=len(labels),
        bbox_to_anchor=(0.0, 1 - top / sheet.height), borderaxespad=0.3, columnspacing=1.5,
    )  # fmt: skip
