"""Sorted mean activations of the units of all networks ("Convergent Learning", Fig S.12)."""

from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from repatlas.figures.heatmap import layer_ticks
from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import ABOVE, draw_title, letters
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, LINES, SMALL, styled
from repatlas.figures.units.group import Group, layers_shown
from repatlas.figures.units.heads import draw_heads, heads_height
from repatlas.figures.units.layer_grid import layer_grid
from repatlas.figures.units.legend import draw_legend, legend_height
from repatlas.figures.units.ranked import Ranked
from repatlas.figures.units.tables import accuracy_rows, unit_rows
from repatlas.units.gathered import GatheredUnits
from repatlas.units.moments import UnitMoments

MARGINS = Columns(1, left=0.52, gap=0.5, right=0.12)
HEIGHT, BELOW = 1.5, 0.36
"""Inches of a panel and below it."""
NOTE = (
    "Live units from the most to the least active: mean over images and positions. Dead units, "
    "which do not vary over the images, are left out; above the panels, how many of each network."
)


@styled
def draw_spectra(gathered: GatheredUnits, layout: UnitsLayout) -> tuple[Figure, pd.DataFrame]:
    """One panel a layer, one line a network: mean activations of its units, sorted.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are ``mean_activation`` (of each
        live unit, falling), ``dead_units`` and accuracies.

    Raises
    ------
    InputError
        There is no such layer.
    """
    group, titles = Group.of(gathered.networks), [layer.title for layer in gathered.layers]
    layers, count = layers_shown(titles, layout), len(group.networks)
    grid = layer_grid(len(layers), MARGINS, HEIGHT, BELOW)
    handles = [
        Line2D([], [], color=_colour(place), label=name) for place, name in enumerate(group.names)
    ]
    top = heads_height(group.label, count)
    bottom = top + grid.bottom
    height = bottom + legend_height(handles) + footer_height(1 + layout.scale_note)
    sheet = Sheet.of_height(height)
    named = dict(zip(group.names, group.networks, strict=True))
    draw_heads(sheet, grid.columns.edge(0), group.label, named, layout.least_train_accuracy)
    panels, parts = letters(), [accuracy_rows(group.networks, group.names)]
    for number, layer in enumerate(layers):
        box, panel = grid.box(number), next(panels)
        axes = replace(box, top=box.top + top).axes(sheet)
        draw_title(axes, panel, titles[layer], points=16)
        if grid.is_first_of_line(number):
            axes.set_ylabel("mean activation")
        if grid.is_lowest(number):
            axes.set_xlabel("unit, by mean activation")
        parts.append(_draw_layer(axes, panel, titles[layer], gathered.moments(layer), group))
    draw_legend(sheet, bottom, handles)
    sheet.footer(NOTE, *([scale_text(group.networks)] if layout.scale_note else []))
    return sheet.figure, pd.concat(parts, ignore_index=True)


def _draw_layer(
    axes: Axes, panel: str, title: str, moments: UnitMoments, group: Group
) -> pd.DataFrame:
    """Spectra of all networks in one layer; rows of what is drawn."""
    parts, dead, lowest = [], [], np.inf
    for place, name in enumerate(group.names):
        ranked = Ranked.of(moments, place)
        axes.plot(np.arange(1, len(ranked.units) + 1), ranked.means, color=_colour(place), lw=1.0)
        dead.append(ranked.dead)
        lowest = min(lowest, ranked.means.min(initial=np.inf))
        parts.append(
            unit_rows(panel, title, "mean_activation", ranked.means, first=name, unit=ranked.units)
        )
    parts.append(unit_rows(panel, title, "dead_units", dead, first=group.names))
    sizes = " or ".join(map(str, dict.fromkeys(moments.units)))
    text = f"dead {', '.join(map(str, dead))} of {sizes}"
    axes.annotate(text, (0, 1), (0, 7), color=FAINT, fontsize=SMALL, **ABOVE)
    axes.xaxis.set_major_locator(layer_ticks())
    # Only activations that a rectifier has passed are positive.
    if 0 < lowest < np.inf:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        low, high = axes.get_ylim()
        axes.yaxis.set_major_locator(LogLocator(subs=(1,) if high > 30 * low else (1, 2, 5)))
        axes.yaxis.set_minor_formatter(NullFormatter())
    return pd.concat(parts, ignore_index=True)


def _colour(place: int) -> str:
    return LINES[place % len(LINES)]
