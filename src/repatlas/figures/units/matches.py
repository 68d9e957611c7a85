"""Correlation of units with their matches, sorted ("Convergent Learning", Fig 3, S2 and S3)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from repatlas.figures.heatmap import layer_ticks
from repatlas.figures.labels import scale_text
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.marks import ABOVE, HEADER, draw_title, letters
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import FAINT, INK, SMALL, styled
from repatlas.figures.units.group import Group, Pair, layers_shown, require_same_runs
from repatlas.figures.units.heads import draw_heads, heads_height
from repatlas.figures.units.layer_axis import names_height, set_names
from repatlas.figures.units.layer_grid import layer_grid
from repatlas.figures.units.legend import draw_legend, legend_height
from repatlas.figures.units.match_styles import DOT, FEW, NAMES, NULLS, STYLES
from repatlas.figures.units.matched import (
    chosen,
    layer_titles,
    match_series,
    matches_table,
    pair_means,
)
from repatlas.figures.units.spread import draw_spread, spread_rows
from repatlas.figures.units.tables import accuracy_rows, unit_rows
from repatlas.units.results import Matching

LEFT, GAP, RIGHT = 0.48, 0.3, 0.12
HEIGHT, BELOW = 1.4, 0.36
"""Inches of a panel and below it."""

NOTES = (
    "By layer: live units of {first} from the best to the worst correlation with their match in "
    "{second}; nulls are sorted by themselves. Held out: matched on one half of the images, "
    "correlated on the other, mean over both.",
    "Last two panels: means over live units and over all ordered pairs of networks; bands from the "
    "lowest to the highest pair.",
)


@styled
def draw_matches(
    matching: Matching, untrained: Matching | None, layout: UnitsLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a layer: correlations of one pair of networks; then means over all pairs.

    Parameters
    ----------
    untrained
        Matches of the same networks before training; None: that null is not drawn.

    Returns
    -------
    figure, table
        The table has the columns of `tables.COLUMNS`. Quantities are ``greedy``, ``matched``,
        ``greedy_heldout`` and ``matched_heldout`` (of each unit, in the order drawn), ``shuffled``
        and ``untrained`` (of each unit, falling), ``same`` (share of units that keep their best
        match where each is used once); of all these ``mean_...``, ``lowest_...`` and
        ``highest_...`` over pairs; and accuracies.

    Raises
    ------
    InputError
        There is no such layer or network, or the untrained networks are others.
    """
    group = Group.of(matching.subjects)
    pair, table = group.pair(layout), matches_table(matching)
    titles = layer_titles(table)
    titles = [titles[place] for place in layers_shown(titles, layout)]
    series = _series(matching, untrained)
    known = [name for name in STYLES if name in set(series["series"])]

    grid = layer_grid(len(titles), Columns(1, LEFT, GAP, RIGHT), HEIGHT, BELOW)
    columns = Columns(2, LEFT, 0.6, RIGHT)
    top = heads_height(group.label, len(group.networks))
    middle = top + grid.bottom
    bottom = middle + HEADER + HEIGHT + names_height(titles, columns.width)
    handles = [Line2D([], [], label=NAMES[name], **STYLES[name]) for name in known]
    notes = [line.format(first=pair.names[0], second=pair.names[1]) for line in NOTES]
    notes += [scale_text(group.networks)] if layout.scale_note else []
    sheet = Sheet.of_height(bottom + legend_height(handles) + footer_height(len(notes)))
    named = dict(zip(group.names, group.networks, strict=True))
    draw_heads(sheet, LEFT, group.label, named, layout.least_train_accuracy)

    panels, parts = letters(), [accuracy_rows(group.networks, group.names)]
    own = chosen(series, first=pair.first, second=pair.second)
    floor = min(0.0, float(own["value"].min())) - 0.03
    for number, title in enumerate(titles):
        box, panel = grid.box(number), next(panels)
        axes = replace(box, top=box.top + top).axes(sheet)
        draw_title(axes, panel, title, points=16)
        parts += _draw_units(axes, panel, title, chosen(own, layer=title), known, pair)
        axes.set_ylim(floor, 1.02)
        axes.tick_params(labelleft=grid.is_first_of_line(number))
        if grid.is_first_of_line(number):
            axes.set_ylabel("correlation")
        if grid.is_lowest(number):
            axes.set_xlabel(f"unit of {pair.names[0]}, sorted")
    left, right = (
        Box(columns.edge(place), middle + HEADER, columns.width, HEIGHT).axes(sheet)
        for place in range(columns.count)
    )
    parts += _draw_means(left, next(panels), titles, series, known)
    parts += _draw_kept(right, next(panels), titles, series)
    draw_legend(sheet, bottom, handles)
    sheet.footer(*notes)
    return sheet.figure, pd.concat(parts, ignore_index=True)


def _series(matching: Matching, untrained: Matching | None) -> pd.DataFrame:
    """Series of the trained networks, and the greedy one of the untrained."""
    series = match_series(matches_table(matching))
    if untrained is None:
        return series
    require_same_runs(matching, [untrained], "untrained")
    null = chosen(match_series(matches_table(untrained)), series="greedy")
    return pd.concat([series, null.assign(series="untrained")], ignore_index=True)


def _draw_units(
    axes: Axes, panel: str, title: str, series: pd.DataFrame, known: Sequence[str], pair: Pair
) -> list[pd.DataFrame]:
    """Series of one layer and pair, the units in the order of their best matches; their rows."""
    order = _falling(chosen(series, series="greedy"))["unit"]
    names: dict[str, Any] = {"first": pair.names[0], "second": pair.names[1]}
    parts = []
    for name in known:
        own = chosen(series, series=name)
        own = _falling(own) if name in NULLS else own.set_index("unit").loc[order].reset_index()
        line = axes.plot(np.arange(1, len(own) + 1), own["value"], **STYLES[name])[0]
        line.set_markersize(min(DOT, DOT * np.sqrt(FEW / max(len(own), 1))))
        parts.append(unit_rows(panel, title, name, own["value"], **names, unit=own["unit"]))
    axes.xaxis.set_major_locator(layer_ticks())
    greedy, matched, same = (
        chosen(series, series=name)["value"].mean() for name in ("greedy", "matched", "same")
    )
    text = f"means {greedy:.2f}, {matched:.2f} · kept {100 * same:.0f} %"
    axes.annotate(
        "no live units" if np.isnan(greedy) else text,
        (0, 1), (0, 7), color=FAINT, fontsize=SMALL, **ABOVE,
    )  # fmt: skip
    parts.append(unit_rows(panel, title, "same", same, **names))
    return parts


def _falling(series: pd.DataFrame) -> pd.DataFrame:
    return series.sort_values("value", ascending=False, kind="stable")


def _draw_means(
    axes: Axes, panel: str, titles: Sequence[str], series: pd.DataFrame, known: Sequence[str]
) -> list[pd.DataFrame]:
    """Means of all series by layer; their rows."""
    draw_title(axes, panel, "mean over units, all pairs")
    parts = []
    for name in known:
        numbers, style = pair_means(series, name, titles), dict(STYLES[name])
        if "marker" in style:
            axes.plot(np.arange(len(titles)), numbers.mean(axis=1), zorder=4, **style)
        else:
            draw_spread(axes, np.arange(len(titles)), numbers, style.pop("color"), **style)
        parts.append(spread_rows(panel, titles, name, numbers))
    axes.set(ylabel="correlation", ylim=(min(axes.get_ylim()[0], 0), 1.02))
    set_names(axes, titles)
    return parts


def _draw_kept(
    axes: Axes, panel: str, titles: Sequence[str], series: pd.DataFrame
) -> list[pd.DataFrame]:
    """Share of units by layer that keep their best match; its rows."""
    draw_title(axes, panel, "best match kept, all pairs")
    numbers = pair_means(series, "same", titles)
    draw_spread(axes, np.arange(len(titles)), numbers, INK, marker="o", ms=3)
    axes.set(ylabel="share of units", ylim=(-0.02, 1.02))
    set_names(axes, titles)
    return [spread_rows(panel, titles, "same", numbers)]
