"""Correlations within and between two networks ("Convergent Learning", Fig 1)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import (
    ABOVE,
    HEADER,
    draw_accuracies,
    draw_row_title,
    draw_title,
    letters,
)
from repatlas.figures.panels import BAR_ROOM, Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, SMALL, styled
from repatlas.figures.units.group import Group, Pair, layers_shown
from repatlas.figures.units.matched import matches_table, of_pair
from repatlas.figures.units.matrices import draw_correlation_bar, draw_correlation_map
from repatlas.figures.units.tables import accuracy_rows, unit_rows
from repatlas.units.gathered import GatheredUnits
from repatlas.units.moments import UnitMoments
from repatlas.units.results import Matching

LEFT, GAP, TICKS, LARGEST = 0.62, 0.4, 0.34, 1.4
"""Inches before the first matrix, between two, below a row, and of a side at most."""
MOST = 2
"""Layers shown where the layout names none."""
MATCHED = "between, matched"


@dataclass(frozen=True, eq=False)
class Matrix:
    """One panel: units of a network (rows) against those of another or itself (columns).

    Attributes
    ----------
    title
        Above it.
    rows, columns
        Names of the networks.
    values
        (p, q) correlations as drawn; NaN of dead units.
    order
        (q,) the units of the columns.
    """

    title: str
    rows: str
    columns: str
    values: NDArray[np.float64]
    order: NDArray[np.int64]

    @property
    def mean_diagonal(self) -> float:
        """Mean correlation of live units that stand at the same place."""
        return float(np.nanmean(np.diagonal(self.values)))


@styled
def draw_correlations(
    gathered: GatheredUnits, matching: Matching, layout: UnitsLayout
) -> tuple[Figure, pd.DataFrame]:
    """One row a layer (the first two if none is named): within, within, between, matched.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are ``correlation`` (of ``unit``
        in ``first`` with ``match`` in ``second``, in the order drawn), ``mean_diagonal``,
        ``dead_units`` and accuracies.

    Raises
    ------
    InputError
        A layer or a network of the layout is absent, or the files are about different networks.
    """
    pair = Group.matched(gathered.networks, matching.subjects).pair(layout)
    titles = [layer.title for layer in gathered.layers]
    layers = layers_shown(titles, layout, MOST)
    columns = Columns(4, LEFT, GAP, BAR_ROOM, LARGEST)
    pitch = HEADER + columns.width + TICKS
    sheet = Sheet.of_height(len(layers) * pitch + footer_height(2 + layout.scale_note))
    panels, matches = letters(), matches_table(matching)
    parts, dead = [accuracy_rows(pair.networks, pair.names)], []
    for row, layer in enumerate(layers):
        title, moments = titles[layer], gathered.moments(layer)
        order = of_pair(matches, pair, title)["matched"].to_numpy()
        counts = [int((~moments.alive(place)).sum()) for place in (pair.first, pair.second)]
        boxes = [
            Box(columns.edge(column), row * pitch + HEADER, columns.width, columns.width)
            for column in range(columns.count)
        ]
        draw_row_title(sheet, columns.margin, boxes[0].top + columns.width / 2, title)
        for box, matrix in zip(boxes, _matrices(moments, pair, order), strict=True):
            panel = next(panels)
            _draw_matrix(box.axes(sheet), panel, matrix, pair, layout)
            parts.append(_rows(panel, title, matrix))
        draw_correlation_bar(sheet, boxes[-1], dead=any(counts))
        parts.append(unit_rows("", title, "dead_units", counts, first=pair.names))
        dead.append(f"{title} {counts[0]} and {counts[1]}")
    first, second = pair.names
    sheet.footer(
        f"Units of {first} keep their order; in the last panel of a row those of {second} stand at "
        "the place of their match by maximum-weight matching.",
        f"Dead units of {first} and {second}, left out of the means: {', '.join(dead)}.",
        *([scale_text(pair.networks)] if layout.scale_note else []),
    )
    return sheet.figure, pd.concat(parts, ignore_index=True)


def _matrices(moments: UnitMoments, pair: Pair, matched: NDArray[np.int64]) -> Iterator[Matrix]:
    """Within the first, within the second, between them as they are, and as they match."""
    first, second = pair.names
    for title, rows, columns in (
        (f"within {first}", pair.first, pair.first),
        (f"within {second}", pair.second, pair.second),
        ("between", pair.first, pair.second),
        (MATCHED, pair.first, pair.second),
    ):
        values = moments.correlation(rows, columns)
        values[~moments.alive(rows)] = np.nan
        values[:, ~moments.alive(columns)] = np.nan
        order = np.arange(values.shape[1])
        if title == MATCHED:
            order = in_order_of_matches(matched, values.shape[1])
        names = dict(zip((pair.first, pair.second), pair.names, strict=True))
        yield Matrix(title, names[rows], names[columns], values[:, order], order)


def in_order_of_matches(matched: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Units (q,) of the second network: the matches (p,) in the order of the first, then the rest.

    Units of the first without a match (-1) leave no gap.
    """
    matches = matched[matched >= 0]
    return np.concatenate([matches, np.setdiff1d(np.arange(count), matches)])


def _draw_matrix(axes: Axes, panel: str, matrix: Matrix, pair: Pair, layout: UnitsLayout) -> None:
    draw_correlation_map(axes, matrix.values)
    axes.set(xlabel=f"unit of {matrix.columns}", ylabel=f"unit of {matrix.rows}")
    if matrix.title == MATCHED:
        axes.set_xlabel(f"match in {matrix.columns}")
        axes.tick_params(labelbottom=False)
    draw_title(axes, panel, matrix.title, points=16)
    if matrix.rows == matrix.columns:
        network = pair.networks[pair.names.index(matrix.rows)]
        draw_accuracies(axes, [network], layout.least_train_accuracy)
    else:
        text = f"mean of the diagonal {matrix.mean_diagonal:.2f}"
        axes.annotate(text, (0, 1), (0, 7), color=FAINT, fontsize=SMALL, **ABOVE)


def _rows(panel: str, layer: str, matrix: Matrix) -> pd.DataFrame:
    """Rows of the cells of a matrix; of two networks also of the mean of its diagonal."""
    rows, columns = matrix.values.shape
    names = {"first": matrix.rows, "second": matrix.columns}
    cells = unit_rows(
        panel, layer, "correlation", matrix.values.ravel(), **names,
        unit=np.repeat(np.arange(rows), columns), match=np.tile(matrix.order, rows),
    )  # fmt: skip
    if matrix.rows == matrix.columns:
        return cells
    mean = unit_rows(panel, layer, "mean_diagonal", matrix.mean_diagonal, **names)
    return pd.concat([cells, mean], ignore_index=True)
