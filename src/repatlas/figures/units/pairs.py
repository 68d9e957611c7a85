"""Best and worst matched pairs of units ("Convergent Learning", Fig 2 and S1)."""

import os

import pandas as pd
from matplotlib.figure import Figure

from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import letters
from repatlas.figures.sheet import Sheet, footer_height
from repatlas.figures.style import styled
from repatlas.figures.units.extremes import extremes
from repatlas.figures.units.group import Group, layers_shown
from repatlas.figures.units.matched import matches_table, of_pair
from repatlas.figures.units.pair_lines import PairLines
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import Matching

QUANTITIES = ("correlation", "correlation_heldout")
NOTE = (
    "Units by the parts of images at which they are most active; grey: beyond an image's edge. "
    "Left, a unit of {first}; right, the unit of {second} that correlates best with it on the even "
    "images. Above, correlation on the even images · on the odd ones, on which none was sought."
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
    pair, table = group.pair(layout), matches_table(matching)
    titles = [layer.title for layer in gathered.layers]
    found = {
        layer: extremes(of_pair(table, pair, titles[layer], fold="first"), layout.count)
        for layer in layers_shown(titles, layout)
    }
    lines = PairLines(group, pair, found)
    sheet = Sheet.of_height(lines.bottom + footer_height(1 + layout.scale_note))
    least = layout.least_train_accuracy
    parts = lines.draw(sheet, gathered, data, letters(), QUANTITIES, least)
    sheet.footer(
        NOTE.format(first=pair.names[0], second=pair.names[1]),
        *([scale_text(pair.networks)] if layout.scale_note else []),
    )
    return sheet.figure, pd.concat(parts, ignore_index=True)
