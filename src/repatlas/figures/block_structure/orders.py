"""Initialisation against data order: which of the two decides on the representations.

Beyond the paper, whose seeds change both at once.
"""

import math
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.figures.activations import Stores
from repatlas.figures.block_structure.dominance import (
    Carriers,
    carriers,
    chance,
    jaccard,
    require_same_images,
)
from repatlas.figures.dots import draw_dots
from repatlas.figures.heatmap import draw_colour_bar
from repatlas.figures.inputs import Network, Similarities, describe
from repatlas.figures.labels import measure_label
from repatlas.figures.layouts.orders import OrdersLayout
from repatlas.figures.marks import ABOVE, draw_title
from repatlas.figures.matrix import FIRST, SECOND, draw_groups, draw_matrix, matrix_rows
from repatlas.figures.panels import BAR_GAP, BAR_ROOM, BAR_WIDTH, Box, Panels
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, FAINT, ORANGE, SMALL, WARNING, styled
from repatlas.figures.tables import value_rows

LEFT, GAP, TOP, TICKS, LARGEST = 0.62, 0.9, 0.42, 0.42, 2.3
"""Inches beside and between matrices, above and below them, and of their side at most."""
DOTS, DOTS_TITLE, DOTS_BELOW = 1.4, 0.26, 0.26

CKA, OVERLAP = "mean_cka", "dominant_overlap"
INITIALISATION, ORDER, NEITHER = "same initialisation", "same data order", "neither"
COLOURS = {INITIALISATION: BLUE, ORDER: ORANGE, NEITHER: FAINT}

Matrix = NDArray[np.float64]


@styled
def draw_orders(
    similarities: Similarities, stores: Stores, layout: OrdersLayout
) -> tuple[Figure, pd.DataFrame]:
    """Two matrices over the networks, and below them their entries by what two networks share.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`, ``first`` and ``second``, the networks.
        Quantities are ``mean_cka`` (over corresponding block outputs), ``dominant_overlap``
        (Jaccard, at the reference layer of each network) and accuracies.

    Raises
    ------
    InputError
        A network, its store or a comparison is absent, networks saw other images, or differ in
        more than their seeds and orders.
    """
    networks = sorted(similarities.find_all(layout.cells), key=_place)
    _require_crossed(networks)
    matrices = _matrices(similarities, stores, networks, layout)
    names = {
        CKA: f"mean {measure_label(layout.measure)}",
        OVERLAP: f"overlap of dominant {100 * layout.fraction:g} %",
    }
    columns = Columns(2, LEFT, GAP, BAR_ROOM, LARGEST)
    dots_top = TOP + columns.width + TICKS + DOTS_TITLE
    bottom = dots_top + DOTS + DOTS_BELOW
    sheet = Sheet.of_height(bottom + footer_height(2 + layout.scale_note))
    panels = Panels(sheet, similarities, layout, "block_output")
    for place, (quantity, matrix) in enumerate(matrices.items()):
        box = Box(columns.edge(place), TOP, columns.width, columns.width)
        _draw_matrix(panels, box, networks, names[quantity], quantity, matrix)
    bar = Box(columns.end + BAR_GAP, TOP, BAR_WIDTH, columns.width)
    draw_colour_bar(bar.axes(sheet), "", below_zero=bool((matrices[CKA] < 0).any()))
    for place, (quantity, matrix) in enumerate(matrices.items()):
        box = Box(columns.edge(place), dots_top, columns.width, DOTS)
        axes = _draw_pairs(panels, box, networks, names[quantity], quantity, matrix)
        if quantity == OVERLAP:
            level = chance(layout.fraction)
            axes.axhline(level, color=FAINT, lw=0.6, ls=(0, (3, 2)), zorder=0)
    panels.notes(
        "Ticks: seed of the data order; init: seed of the initialisation. Blue frames: pairs with "
        "the same initialisation, orange: with the same order.",
        "Left: mean over corresponding block outputs of two networks. Right: dominant images at "
        "each one's own reference layer; dashed: chance.",
    )
    return sheet.figure, panels.table()


def _place(network: Network) -> tuple[int, int]:
    return network.run.seed, network.run.order


def _require_crossed(networks: list[Network]) -> None:
    first, *others = networks
    for other in others:
        if len(other.block_outputs) != len(first.block_outputs) or (
            (other.block_outputs != first.block_outputs).any()
        ):
            raise InputError(
                f"--layout: {describe(first)} and {describe(other)} have other layers: give "
                "networks that differ in their seeds and data orders alone"
            )
    if len({_place(network) for network in networks}) != len(networks):
        raise InputError(
            "--layout: two of its cells have the same seed and data order: give networks that "
            "differ in them"
        )


def _matrices(
    similarities: Similarities, stores: Stores, networks: list[Network], layout: OrdersLayout
) -> dict[str, Matrix]:
    """What is compared, (m, m) over the networks."""
    found = [carriers(similarities, stores, network, layout.measure) for network in networks]
    require_same_images(found)
    components = np.stack([item.component for item in found])
    return {
        CKA: _mean_similarities(similarities, found, layout.measure),
        OVERLAP: jaccard(components, components, layout.fraction),
    }


def _mean_similarities(similarities: Similarities, found: list[Carriers], measure: str) -> Matrix:
    """Mean similarity (m, m) of corresponding block outputs; of each network with itself 1."""
    means = np.eye(len(found))
    for (i, one), (j, other) in combinations(enumerate(found), 2):
        values = similarities.values(measure, one.network, other.network)
        own = values[one.outputs, other.outputs]
        means[i, j] = means[j, i] = np.nan if np.isnan(own).all() else np.nanmean(own)
    return means


def shared(first: Network, second: Network) -> str:
    """What two networks have in common: their initialisation, their data order, or neither."""
    if first.run.seed == second.run.seed:
        return INITIALISATION
    return ORDER if first.run.order == second.run.order else NEITHER


def _draw_matrix(
    panels: Panels, box: Box, networks: list[Network], title: str, quantity: str, matrix: Matrix
) -> None:
    axes = box.axes(panels.sheet)
    draw_matrix(axes, matrix, [str(network.run.order) for network in networks])
    letter = panels.next_letter()
    draw_title(axes, letter, title, points=16)
    _draw_fit(axes, networks, panels.layout.least_train_accuracy)
    for row, column in np.ndindex(matrix.shape):
        kind = shared(networks[row], networks[column])
        if row != column and kind != NEITHER:
            frame = (column - 0.45, row - 0.45)
            axes.add_patch(Rectangle(frame, 0.9, 0.9, fill=False, ec=COLOURS[kind], lw=1.1))
    draw_groups(axes, [f"init {network.run.seed}" for network in networks])
    names = [_name(network) for network in networks]
    panels.add_rows(matrix_rows(letter, title, quantity, matrix, names))
    for network, name in zip(networks, names, strict=True):
        panels.show(letter, name, network)


def _draw_fit(axes: Axes, networks: list[Network], least: float) -> None:
    """Lowest and highest accuracy, and how many networks did not fit."""
    texts = []
    for kind in ("train", "test"):
        values = [100 * getattr(network, f"{kind}_accuracy") for network in networks]
        known = [value for value in values if not math.isnan(value)]
        texts.append(f"{kind} {min(known):.1f} to {max(known):.1f}" if known else f"{kind} ?")
    # Written so that an unknown accuracy, NaN, counts as not fitted.
    unfit = sum(not network.train_accuracy >= least for network in networks)
    warning = f", {unfit} did not fit" if unfit else ""
    colour = WARNING if unfit else FAINT
    text = f"{' · '.join(texts)} %{warning}"
    axes.annotate(text, (0, 1), (0, 7), color=colour, fontsize=SMALL, **ABOVE)


def _draw_pairs(
    panels: Panels, box: Box, networks: list[Network], title: str, quantity: str, matrix: Matrix
) -> Axes:
    """Dots of all pairs of networks, by what the two share."""
    axes = box.axes(panels.sheet)
    letter = panels.next_letter()
    draw_title(axes, letter)
    numbers = range(len(networks))
    for place, (kind, colour) in enumerate(COLOURS.items()):
        pairs = [
            (i, j) for i, j in combinations(numbers, 2) if shared(networks[i], networks[j]) == kind
        ]
        values = [float(matrix[pair]) for pair in pairs]
        draw_dots(axes, place, values, colour, width=0.6)
        for (i, j), value in zip(pairs, values, strict=True):
            rows = value_rows(letter, kind, {quantity: value})
            told = {FIRST: _name(networks[i]), SECOND: _name(networks[j])}
            panels.add_rows(rows.assign(**told))
    axes.set(xlim=(-0.5, len(COLOURS) - 0.5), ylim=(-0.05, 1.05), ylabel=title)
    axes.set_xticks(range(len(COLOURS)), [kind.replace(" ", "\n", 1) for kind in COLOURS])
    axes.tick_params(axis="x", length=0)
    return axes


def _name(network: Network) -> str:
    return f"seed {network.run.seed}, order {network.run.order}"
