"""Every measure by layer, of trained and untrained networks and above chance."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.figures.heatmap import LayerAxis, draw_colour_bar, draw_map, draw_no_value
from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import draw_title, letters
from repatlas.figures.matrix import BRIGHT, draw_value
from repatlas.figures.panels import BAR_GAP, BAR_ROOM, BAR_WIDTH, NO_VALUE_ROOM, Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import INK, styled
from repatlas.figures.units.group import Group, require_same_runs
from repatlas.figures.units.heads import draw_heads, heads_height
from repatlas.figures.units.layer_axis import names_height, set_names
from repatlas.figures.units.measured import CALIBRATED, TRAINED, UNTRAINED, Z, measured
from repatlas.figures.units.scores import recorded_layers
from repatlas.figures.units.tables import accuracy_rows, unit_rows
from repatlas.units.results import ALIGNMENTS, Alignments, ExampleMeasures

COLUMNS = Columns(3, left=1.62, gap=0.12, right=BAR_ROOM)
LINE, TITLE = 0.25, 0.26
"""Inches of the line of a measure, and above a panel."""
NARROWEST = 0.2
"""Inches of a cell into which numbers are written, at least."""
TINY = 4.8
"""Points of a second number in a cell."""
TITLES = {
    TRAINED: "trained",
    UNTRAINED: "untrained",
    CALIBRATED: "trained, above chance",
}
NOTE = (
    "Means over pairs of networks. Above chance: (value - chance) / (1 - chance); chance is the "
    "measure where the second network saw other images, for measures of examples its mean over "
    "{permutations} permutations, of which z counts standard deviations."
)


@styled
def draw_measures(
    alignments: Alignments, untrained: Alignments, examples: ExampleMeasures, layout: UnitsLayout
) -> tuple[Figure, pd.DataFrame]:
    """One row a measure, one column a layer: of trained and untrained networks, and above chance.

    Parameters
    ----------
    alignments, untrained
        Of the units of one group of networks, trained and at their initialisation.
    examples
        Measures of how the trained ones arrange examples.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS` and ``measure``. Quantities are ``trained``,
        ``untrained``, ``calibrated`` and ``z`` (`repatlas.figures.units.measured`), and accuracies.

    Raises
    ------
    InputError
        A layer is absent, or the files are not about the same networks.
    """
    require_same_runs(alignments, [untrained], "untrained")
    require_same_runs(alignments, [examples], "examples")
    layers = recorded_layers(alignments, layout)
    group, values = Group.of(alignments.subjects), measured(alignments, untrained, examples, layers)
    names = values.index.unique("measure")
    top = heads_height(group.label, len(group.networks)) + TITLE
    height = len(names) * LINE
    bottom = top + height + names_height(layers, COLUMNS.width)
    sheet = Sheet.of_height(bottom + footer_height(1 + layout.scale_note))
    named = dict(zip(group.names, group.networks, strict=True))
    draw_heads(sheet, COLUMNS.left, group.label, named, layout.least_train_accuracy)
    parts = [accuracy_rows(group.networks, group.names)]
    for column, (letter, quantity) in enumerate(zip(letters(), TITLES, strict=False)):
        axes = Box(COLUMNS.edge(column), top, COLUMNS.width, height).axes(sheet)
        _draw_map(axes, values, quantity)
        draw_title(axes, letter, TITLES[quantity])
        set_names(axes, layers)
        axes.set_yticks(range(len(names)), names if column == 0 else [""] * len(names))
        parts.append(_rows(letter, values, quantity))
    parts.append(_rows(letter, values, Z))
    _draw_bar(sheet, top, height, values[list(TITLES)])
    notes = (NOTE.format(permutations=examples.permutations), scale_text(group.networks))
    sheet.footer(*notes[: 1 + layout.scale_note])
    return sheet.figure, pd.concat(parts, ignore_index=True)


def _draw_map(axes: Axes, values: pd.DataFrame, quantity: str) -> None:
    """Heat map with a number in each cell, the first measure on top."""
    shown, z = (values[name].unstack(sort=False).to_numpy() for name in (quantity, Z))
    rows, columns = (LayerAxis(np.arange(count)) for count in shown.shape)
    draw_map(axes, shown, columns, rows)
    axes.invert_yaxis()
    axes.axhline(len(ALIGNMENTS) - 0.5, color="white", lw=1.6)
    axes.tick_params(length=0)
    if axes.bbox.width / axes.figure.dpi < NARROWEST * columns.size:
        return
    for row, column in zip(*np.nonzero(np.isfinite(shown)), strict=True):
        has_z = quantity == CALIBRATED and np.isfinite(z[row, column])
        # The second number stands below the first, in the lower half of the cell.
        draw_value(axes, row - 0.17 * has_z, column, shown[row, column])
        if has_z:
            _draw_z(axes, row, column, shown[row, column], z[row, column])


def _draw_z(axes: Axes, row: int, column: int, value: float, z: float) -> None:
    place: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": TINY}
    colour = INK if value > BRIGHT else "white"
    axes.text(column, row + 0.26, f"z {z:.0f}", color=colour, **place)


def _draw_bar(sheet: Sheet, top: float, height: float, shown: pd.DataFrame) -> None:
    left = COLUMNS.end + BAR_GAP
    if shown.isna().any(axis=None):
        height -= NO_VALUE_ROOM
        below = top + height + NO_VALUE_ROOM - BAR_WIDTH
        draw_no_value(Box(left, below, BAR_WIDTH, BAR_WIDTH).axes(sheet))
    bar = Box(left, top, BAR_WIDTH, height).axes(sheet)
    draw_colour_bar(bar, "similarity", below_zero=bool((shown < 0).any(axis=None)))


def _rows(letter: str, values: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Rows of what a panel shows; what is not measured is left out."""
    known = values[quantity].dropna()
    measures, layers = (known.index.get_level_values(level).tolist() for level in (0, 1))
    return unit_rows(letter, layers, quantity, known).assign(measure=measures)
