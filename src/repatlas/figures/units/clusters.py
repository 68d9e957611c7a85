"""Clusters of the units of two networks together ("Convergent Learning", Fig S9 and S10)."""

import os
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import draw_title, letters
from repatlas.figures.panels import BAR_ROOM, Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, GREEN, styled
from repatlas.figures.units.blocks import BLOCK_HEIGHT, SIDES, block_units, draw_block
from repatlas.figures.units.clustered import clustered_units
from repatlas.figures.units.group import Group, Pair, layers_shown
from repatlas.figures.units.heads import draw_heads, heads_height
from repatlas.figures.units.layer_axis import names_height, set_names
from repatlas.figures.units.legend import draw_legend, legend_height
from repatlas.figures.units.mixing import mixing
from repatlas.figures.units.scores import PairNumbers, draw_pairs, pair_handle, pair_rows
from repatlas.figures.units.tables import accuracy_rows
from repatlas.figures.units.tiles import Tiles
from repatlas.figures.units.tree_matrix import MATRIX_HEIGHT, MATRIX_WIDTH, draw_tree_matrix
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import Clusters

LEFT, BLOCKS = 0.2, 3
"""Inches before the matrix, and clusters shown at most."""
BESIDE = LEFT + MATRIX_WIDTH + BAR_ROOM
"""Left edge of the clusters."""
COLUMNS = Columns(2, left=0.5, gap=0.5, right=0.1)
TITLE, HEIGHT, GAP = 0.3, 1.15, 0.1
"""Inches above a panel of layers and of its height, and about the legend."""
PANELS = {"mixed": "share of mixed clusters", "overlap": "overlap of their subspaces"}
NULL: dict[str, Any] = {"color": FAINT, "ls": (0, (3, 1.5))}
NOTE = (
    "Frames: clusters with units of both networks. With letters: those whose units of one network "
    "correlate most with those of the other, two or three units of either before all others. Last "
    "panels: all pairs of networks; shuffled images: the second network saw other images. Overlap: "
    "mean cosine of principal angles on held-out images."
)


@styled
def draw_clusters(
    gathered: GatheredUnits, clusters: Clusters, data: str | os.PathLike[str], layout: UnitsLayout
) -> tuple[Figure, pd.DataFrame]:
    """Matrix and tree of the first layer shown, some of its clusters, and all layers and pairs.

    The tree is that of the first two networks, which alone the record keeps. At most `BLOCKS`
    clusters are shown, less if the layout's count is lower.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`. Quantities are ``correlation``, ``cluster``
        and ``merge_height`` of the matrix, ``top_activation`` of patches; by layer and pair
        ``mixed`` (share of clusters with units of both networks), ``overlap`` (of their
        subspaces), ``null_mixed`` and ``null_overlap``, their means over pairs ``mean_...``; and
        accuracies.

    Raises
    ------
    InputError
        The files are about different networks, or a layer or an image is absent.
    """
    group = Group.matched(gathered.networks, clusters.subjects)
    pair = group.pair(UnitsLayout(first=0, second=1))
    known = [layer.title for layer in gathered.layers]
    places = layers_shown(known, layout)
    titles = [known[place] for place in places]
    units = clustered_units(gathered, clusters, places[0], pair)
    panel = letters()
    first = next(panel)
    marked = {next(panel): block for block in units.closest(min(layout.count, BLOCKS))}
    handles = _handles(pair)
    top = heads_height(group.label, len(group.networks))
    middle = top + max(MATRIX_HEIGHT, len(marked) * BLOCK_HEIGHT) + GAP
    bottom = middle + TITLE + HEIGHT + names_height(titles, COLUMNS.width) + GAP
    height = bottom + legend_height(handles) + footer_height(1 + layout.scale_note)
    sheet = Sheet.of_height(height)
    named = dict(zip(group.names, group.networks, strict=True))
    draw_heads(sheet, LEFT, group.label, named, layout.least_train_accuracy)
    parts = [
        accuracy_rows(group.networks, group.names),
        draw_tree_matrix(sheet, LEFT, top, first, titles[0], units, marked, pair),
    ]
    shown = [block_units(units, block, pair) for block in marked.values()]
    tiles = Tiles(
        gathered, data, places[0], [one for sides in shown for side in sides for one in side]
    )
    for row, (letter, block) in enumerate(marked.items()):
        at = top + row * BLOCK_HEIGHT
        parts += draw_block(sheet, BESIDE, at, letter, units, block, tiles, pair)
    found = mixing(clusters, titles)
    for column, (quantity, told) in enumerate(PANELS.items()):
        box = Box(COLUMNS.edge(column), middle + TITLE, COLUMNS.width, HEIGHT)
        parts += _draw_layers(box.axes(sheet), next(panel), told, quantity, found, group)
    draw_legend(sheet, bottom, handles)
    notes = (NOTE, scale_text(group.networks))
    sheet.footer(*notes[: 1 + layout.scale_note])
    return sheet.figure, pd.concat(parts, ignore_index=True)


def _handles(pair: Pair) -> list[Artist]:
    sides = zip(pair.names, SIDES, strict=True)
    return [
        *(Patch(color=colour, label=f"unit of {name}") for name, colour in sides),
        Line2D([], [], color=GREEN, label="clusters of trained networks"),
        Line2D([], [], label="shuffled images", **NULL),
        pair_handle(),
    ]


def _draw_layers(
    axes: Axes,
    letter: str,
    title: str,
    quantity: str,
    found: Mapping[str, PairNumbers],
    group: Group,
) -> list[pd.DataFrame]:
    """One number by layer, of all pairs of networks and of shuffled images; gives its rows."""
    draw_title(axes, letter, title)
    draw_pairs(axes, found[f"null_{quantity}"], **NULL)
    draw_pairs(axes, found[quantity], GREEN)
    set_names(axes, found[quantity].index.tolist())
    axes.set_ylim(0, 1.02)
    names = (quantity, f"null_{quantity}")
    return [pair_rows(letter, name, found[name], group) for name in names]
