"""Best and worst matched pairs of units ("Convergent Learning", Fig 2 and S1)."""

import os

import pandas as pd
from matplotlib.figure import Figure

from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import letters
from repatlas.figures.sheet import Sheet, footer_height
from repatlas.figures.style import styled
from repatlas.figures.units.group import Group, layers_shown
from repatlas.figures.units.heads import heads_height
from repatlas.figures.units.matched import matches_table, of_pair
from repatlas.figures.units.pair_lines import (
    draw_extremes,
    draw_pair_heads,
    extremes,
    extremes_rows,
    layer_height,
    pair_columns,
)
from repatlas.figures.units.tables import accuracy_rows
from repatlas.figures.units.tiles import Tiles
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import Matching

BETWEEN = 0.14
"""Inches between layers."""
QUANTITIES = ("correlation", "correlation_heldout")
NOTE = (
    "Units by the parts of images at which it is most active. Left, a unit of {first}; right, "
    "the unit of {second} that correlates best with it on the even images. Above, correlation on "
    "the even images · on the odd ones, on which no match was sought."
)


@styled
def draw_pairs(
    gathered: GatheredUnits,
    matching: Matching,
    data: str | os.PathLike[str],
    layout: UnitsLayout,
) -> tuple[Figure, pd.DataFrame]:
    """Two lines a layer: the pairs that correlate best and worst, by their top patches.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`; quantities are ``correlation`` (where the
        match was found), ``correlation_heldout``, ``top_activation`` and accuracies.

    Raises
    ------
    InputError
        A layer, a network or an image is absent, or the files are about different networks.
    """
    group = Group.matched(gathered.networks, matching.subjects)
    pair, titles = group.pair(layout), [layer.title for layer in gathered.layers]
    layers, matches = layers_shown(titles, layout), matches_table(matching)
    found = [
        extremes(of_pair(matches, pair, titles[layer], fold="first"), layout.count)
        for layer in layers
    ]
    columns = pair_columns(max(len(item.best) for item in found))
    pitch, head = layer_height(columns) + BETWEEN, heads_height(group.label, 2)
    sheet = Sheet.of_height(head + len(layers) * pitch + footer_height(2 + layout.scale_note))
    draw_pair_heads(sheet, columns, group, pair, layout.least_train_accuracy)
    panels, parts = letters(), [accuracy_rows(pair.networks, pair.names)]
    for row, (layer, item) in enumerate(zip(layers, found, strict=True)):
        shown = [unit for match in item.units for unit in match.shown(pair)]
        tiles, panel = Tiles(gathered, data, layer, shown), next(panels)
        draw_extremes(sheet, columns, head + row * pitch, panel, tiles, item, pair)
        parts += extremes_rows(panel, QUANTITIES, tiles, item, pair)
    sheet.footer(
        NOTE.format(first=pair.names[0], second=pair.names[1]),
        *([scale_text(pair.networks)] if layout.scale_note else []),
    )
    return sheet.figure, pd.concat(parts, ignore_index=True)
