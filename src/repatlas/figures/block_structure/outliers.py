"""How CKA answers to examples that are moved away (Davari et al. 2023, Theorem 1).

Beyond the paper: a few examples far from all others, as dominant images are, decide CKA.
"""

import math

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from repatlas.figures.inputs import Network, Similarities
from repatlas.figures.labels import cell_titles
from repatlas.figures.layouts.outliers import OutliersLayout
from repatlas.figures.marks import HEADER
from repatlas.figures.panels import Box, Panels
from repatlas.figures.records import Records
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import styled
from repatlas.figures.tables import line_rows
from repatlas.similarity.measures import Outliers

LEFT, GAP, RIGHT, LARGEST, HEIGHT, TICKS = 0.5, 0.32, 0.12, 2.6, 1.6, 0.36
"""Inches before, between and behind the columns, of a column at most; of a panel and its axis."""
LEGEND = 0.2
"""Inches of the legend of a panel, below its axis."""
NOTE = (
    "Distance: in units of the root mean square norm of the centred activations. Dashed: limit of "
    "the theorem for an infinite distance."
)


@styled
def draw_outliers(
    records: Records[Outliers], layout: OutliersLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a network: biased linear CKA by distance of translation, a curve a subset size.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`, ``moved`` (number of examples translated)
        and ``distance``. Quantities are ``cka_biased``, ``limit`` (for an infinite distance),
        ``train_accuracy`` and ``test_accuracy``; x is the layer.

    Raises
    ------
    InputError
        No record is about a network of the layout.
    """
    networks = [records.network(cell) for cell in layout.cells]
    found = [records.find(cell) for cell in layout.cells]
    number = min(layout.columns, len(networks))
    columns = Columns(number, LEFT, GAP, RIGHT, LARGEST)
    pitch = HEADER + HEIGHT + TICKS + LEGEND
    bottom = math.ceil(len(networks) / number) * pitch
    sheet = Sheet.of_height(bottom + footer_height(1 + layout.scale_note))
    panels = Panels(sheet, Similarities(), layout)
    names = cell_titles(networks, layout.cells)
    for place, (network, record, name) in enumerate(zip(networks, found, names, strict=True)):
        line, column = divmod(place, number)
        box = Box(columns.edge(column), line * pitch + HEADER, columns.width, HEIGHT)
        axes = _draw_panel(panels, box, name, network, record)
        if column == 0:
            axes.set_ylabel("linear CKA, before and after")
        else:
            axes.tick_params(labelleft=False)
    panels.notes(NOTE)
    return sheet.figure, panels.table()


def _draw_panel(panels: Panels, box: Box, name: str, network: Network, record: Outliers) -> Axes:
    axes, letter = box.axes(panels.sheet), panels.next_letter()
    title = f"{name}, layer {record.layer}"
    panels.header(axes, letter, title, network)
    # Sizes have an order: their colours run from dark to light.
    colours = mpl.colormaps["viridis"](np.linspace(0.0, 0.85, len(record.moved)))
    count = int(record.kept[0] + record.moved[0])
    for moved, cka, limit, colour in zip(
        record.moved.tolist(), record.cka, record.limit.tolist(), colours, strict=True
    ):
        axes.plot(record.distances, cka, color=colour, label=f"{moved:,}")
        axes.axhline(limit, color=colour, lw=0.7, ls=(0, (4, 3)), zorder=1)
        panels.add_rows(_rows(letter, title, record, moved, cka, limit))
    axes.set_xscale("log")
    axes.set(xlim=(record.distances[0], record.distances[-1]), ylim=(0, 1.03))
    axes.set_yticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    axes.xaxis.set_major_locator(LogLocator(numticks=7))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("distance of translation")
    axes.legend(
        title=f"moved, of {count:,}:", loc="upper left", bbox_to_anchor=(-0.02, -0.19),
        ncols=len(record.moved), handlelength=1.2, handletextpad=0.4, columnspacing=0.8,
        borderpad=0, borderaxespad=0, title_fontsize=6, alignment="left",
    )  # fmt: skip
    return axes


def _rows(
    letter: str, title: str, record: Outliers, moved: int, cka: np.ndarray, limit: float
) -> pd.DataFrame:
    """A curve and its limit, one row a number."""
    layer = np.full(len(cka), record.layer)
    curve = line_rows(letter, title, "cka_biased", layer, cka)
    end = line_rows(letter, title, "limit", layer[:1], np.array([limit]))
    rows = pd.concat(
        [curve.assign(distance=record.distances), end.assign(distance=math.inf)], ignore_index=True
    )
    return rows.assign(moved=pd.array([moved] * len(rows), dtype="Int64"))
