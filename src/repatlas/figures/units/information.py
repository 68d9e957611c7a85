"""Pairs of units matched by mutual information ("Convergent Learning", Fig S4)."""

import os
from dataclasses import replace
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.errors import InputError
from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import ABOVE, draw_title, letters
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, FAINT, SMALL, styled
from repatlas.figures.units.extremes import Extremes, extremes
from repatlas.figures.units.group import Group, Pair, layers_shown
from repatlas.figures.units.layer_grid import layer_grid
from repatlas.figures.units.matched import UNIT, chosen, layer_titles, matches_table, of_pair
from repatlas.figures.units.pair_lines import PairLines
from repatlas.figures.units.tables import unit_rows
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import Matching

SCATTERS = Columns(1, left=0.6, gap=0.6, right=0.1, largest=2.4)
HEIGHT, BELOW = 1.7, 0.36
"""Inches of a scatter and below it."""
NOTES = (
    "Units by the parts of images at which they are most active; grey: beyond an image's edge. "
    "Left, a unit of {first}; right, the unit of {second} with which it shares most information. "
    "Above, that information in nats.",
    "Last panels: live units of {first}. Filled, both criteria name the same match; open, each its "
    "own, so that the two values are of different pairs.",
)


@styled
def draw_information(
    gathered: GatheredUnits,
    matching: Matching,
    data: str | os.PathLike[str],
    layout: UnitsLayout,
) -> tuple[Figure, pd.DataFrame]:
    """Two lines a layer, the best and the worst pairs; below, information against correlation.

    Parameters
    ----------
    data
        The data set from which the probe images come.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`. Quantities are ``information`` (nats, of
        the pairs shown), ``top_activation``, ``best_information`` and ``best_correlation`` (of
        each live unit with its match by either), ``same_best_pairs`` (how many of the best pairs
        by information are among as many best by correlation), ``rank_correlation``, and accuracies.

    Raises
    ------
    InputError
        A layer, a network or an image is absent, the files are about different networks, or no
        match was sought by information.
    """
    group = Group.matched(gathered.networks, matching.subjects)
    pair, table = group.pair(layout), matches_table(matching)
    titles = [layer.title for layer in gathered.layers]
    known = layer_titles(chosen(table, criterion="information"))
    if not known:
        raise InputError(
            "--matching has no matches by information: set information_layers of the units to 1 "
            "or more"
        )
    layers = [titles.index(known[place]) for place in layers_shown(known, layout)]
    found = {
        layer: extremes(of_pair(table, pair, titles[layer], "information"), layout.count)
        for layer in layers
    }
    lines = PairLines(group, pair, found)
    grid = layer_grid(len(layers), SCATTERS, HEIGHT, BELOW)
    notes = [line.format(first=pair.names[0], second=pair.names[1]) for line in NOTES]
    notes += [scale_text(pair.networks)] if layout.scale_note else []
    sheet = Sheet.of_height(lines.bottom + grid.bottom + footer_height(len(notes)))
    panels, least = letters(), layout.least_train_accuracy
    parts = lines.draw(sheet, gathered, data, panels, ("information",), least)
    for number, layer in enumerate(layers):
        box, panel = grid.box(number), next(panels)
        axes = replace(box, top=box.top + lines.bottom).axes(sheet)
        draw_title(axes, panel, titles[layer], points=16)
        if grid.is_first_of_line(number):
            axes.set_ylabel("most information (nats)")
        axes.set_xlabel("best correlation")
        both = _both_criteria(table, pair, titles[layer])
        parts.append(_draw_scatter(axes, panel, titles[layer], both, pair))
        parts.append(_draw_shared(axes, panel, titles[layer], both, found[layer], pair))
    sheet.footer(*notes)
    return sheet.figure, pd.concat(parts, ignore_index=True)


def _both_criteria(table: pd.DataFrame, pair: Pair, layer: str) -> pd.DataFrame:
    """Live units with their best match by either criterion, and whether it is the same."""
    correlation, information = (
        of_pair(chosen(table, dead=False), pair, layer, criterion)[
            [*UNIT, "greedy", "greedy_value"]
        ]
        for criterion in ("correlation", "information")
    )
    both = correlation.merge(information, on=UNIT, suffixes=("_correlation", "_information"))
    return both.assign(same=both["greedy_correlation"] == both["greedy_information"])


def _draw_scatter(
    axes: Axes, panel: str, layer: str, both: pd.DataFrame, pair: Pair
) -> pd.DataFrame:
    """Information against correlation of every live unit; its rows."""
    for same, fill in ((True, BLUE), (False, "none")):
        own = both[both["same"] == same]
        axes.plot(
            own["greedy_value_correlation"], own["greedy_value_information"],
            "o", ms=3, mfc=fill, mec=BLUE, mew=0.6, clip_on=False,
        )  # fmt: skip
    axes.set_ylim(bottom=0)
    names: dict[str, Any] = {"first": pair.names[0], "second": pair.names[1], "unit": both["unit"]}
    return pd.concat(
        [
            unit_rows(
                panel, layer, f"best_{criterion}", both[f"greedy_value_{criterion}"],
                match=both[f"greedy_{criterion}"], **names,
            )
            for criterion in ("information", "correlation")
        ]
    )  # fmt: skip


def _draw_shared(
    axes: Axes, panel: str, layer: str, both: pd.DataFrame, found: Extremes, pair: Pair
) -> pd.DataFrame:
    """Write above a scatter how far the criteria agree; the rows of that."""
    best = both.sort_values("greedy_value_correlation", ascending=False, kind="stable")
    best = best.head(len(found.best))
    others = set(zip(best["unit"], best["greedy_correlation"], strict=True))
    shared = sum((match.unit, match.match) in others for match in found.best)
    ranks = both[["greedy_value_correlation", "greedy_value_information"]].rank()
    correlation = ranks.iloc[:, 0].corr(ranks.iloc[:, 1])
    text = f"{shared} of {len(found.best)} best pairs are the same · Spearman {correlation:.2f}"
    axes.annotate(text, (0, 1), (0, 7), color=FAINT, fontsize=SMALL, **ABOVE)
    names = {"first": pair.names[0], "second": pair.names[1]}
    quantities = ("same_best_pairs", "rank_correlation")
    return unit_rows(panel, layer, quantities, (shared, correlation), **names)
