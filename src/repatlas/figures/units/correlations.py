"""Correlations within and between two networks ("Convergent Learning", Fig 1)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import (
    ABOVE,
    HEADER,
    draw_accuracies,
    draw_row_title,
    draw_title,
    fitting,
    letters,
)
from repatlas.figures.panels import BAR_ROOM, Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, NORMAL, SMALL, styled
from repatlas.figures.units.correlation_matrices import MATCHED, Matrix, matrices
from repatlas.figures.units.group import Group, Pair, layers_shown
from repatlas.figures.units.matched import matches_table, of_pair
from repatlas.figures.units.matrices import draw_correlation_bar, draw_correlation_map
from repatlas.figures.units.tables import accuracy_rows, unit_rows
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import Matching

COLUMNS = Columns(4, left=0.62, gap=0.4, right=BAR_ROOM, largest=1.4)
TICKS = 0.34
"""Inches below a row."""
MOST = 2
"""Layers shown where the layout names none."""
NOTE = (
    "Units of {first} keep their order; in the last panel of a row those of {second} stand at the "
    "place of their match by maximum-weight matching. Means are over live units of {first}."
)


@styled
def draw_correlations(
    gathered: GatheredUnits, matching: Matching, layout: UnitsLayout
) -> tuple[Figure, pd.DataFrame]:
    """One row a layer (the first two if none is named): within, within, between, matched.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are ``correlation`` (of ``unit``
        in ``first`` with ``match`` in ``second``, in the order drawn; NaN of dead units),
        ``mean_diagonal``, ``dead_units`` and accuracies.

    Raises
    ------
    InputError
        A layer or a network of the layout is absent, or the files are about different networks.
    """
    pair = Group.matched(gathered.networks, matching.subjects).pair(layout)
    titles = [layer.title for layer in gathered.layers]
    layers, table = layers_shown(titles, layout, MOST), matches_table(matching)
    pitch = HEADER + COLUMNS.width + TICKS
    sheet = Sheet.of_height(len(layers) * pitch + footer_height(2 + layout.scale_note))
    panels, parts, dead = letters(), [accuracy_rows(pair.networks, pair.names)], []
    for row, layer in enumerate(layers):
        title, moments = titles[layer], gathered.moments(layer)
        matched = of_pair(table, pair, title)["matched"].to_numpy()
        counts = [int((~moments.alive(place)).sum()) for place in (pair.first, pair.second)]
        boxes = _row_of_boxes(row * pitch + HEADER)
        draw_row_title(sheet, COLUMNS.margin, boxes[0].top + COLUMNS.width / 2, title)
        for box, matrix in zip(boxes, matrices(moments, pair, matched), strict=True):
            panel = next(panels)
            _draw_matrix(box.axes(sheet), panel, matrix, pair, layout.least_train_accuracy)
            parts.append(matrix.cells(panel, title))
        draw_correlation_bar(sheet, boxes[-1], dead=any(counts))
        parts.append(unit_rows("", title, "dead_units", counts, first=pair.names))
        dead.append(f"{title} {counts[0]} and {counts[1]}")
    first, second = pair.names
    sheet.footer(
        NOTE.format(first=first, second=second),
        f"Dead units of {first} and {second}: {', '.join(dead)}.",
        *([scale_text(pair.networks)] if layout.scale_note else []),
    )
    return sheet.figure, pd.concat(parts, ignore_index=True)


def _row_of_boxes(top: float) -> list[Box]:
    side = COLUMNS.width
    return [Box(COLUMNS.edge(column), top, side, side) for column in range(COLUMNS.count)]


def _draw_matrix(axes: Axes, panel: str, matrix: Matrix, pair: Pair, least: float) -> None:
    """A matrix with its title, and accuracies or the mean of its diagonal."""
    draw_correlation_map(axes, matrix.values)
    below = f"{'match in' if matrix.title == MATCHED else 'unit of'} {matrix.columns}"
    for axis, units, label in (
        (axes.xaxis, matrix.others, below),
        (axes.yaxis, matrix.units, f"unit of {matrix.rows}"),
    ):
        axis.set_label_text(label, fontsize=fitting(label, NORMAL, COLUMNS.width + TICKS))
        # Ticks number units: they have no place where units are in another order.
        if (np.diff(units) < 0).any():
            axis.set_ticks([])
    draw_title(axes, panel, matrix.title, points=16)
    if matrix.is_between:
        text = f"mean of the diagonal {matrix.mean_diagonal:.2f}"
        axes.annotate(text, (0, 1), (0, 7), color=FAINT, fontsize=SMALL, **ABOVE)
    else:
        network = pair.networks[pair.names.index(matrix.rows)]
        draw_accuracies(axes, [network], least)
