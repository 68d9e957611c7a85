"""Whether networks of different architectures put points in the same geometry."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.dynamics.findings import INPUTS, THEORY, Geometry
from repatlas.dynamics.results import PairDistances
from repatlas.figures.dots import spread
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.marks import draw_row_title
from repatlas.figures.matrix import draw_matrix
from repatlas.figures.page import KEY, line_handle
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, GREEN, RULE, SMALL, VERMILLION, styled
from repatlas.figures.universality.distance_maps import draw_distances, largest_of
from repatlas.figures.universality.page import HEADER, NOTED, Page, title_of

Floats = NDArray[np.float64]

LEFT, WIDTH, GAP, DOTS_WIDTH = 1.0, 1.75, 0.75, 3.25
"""Inches before the matrix, of it, between it and the dots, and of these."""
BELOW, MAPS_BELOW = 0.62, 0.12
"""Inches below matrices, for the names of networks, and below maps."""
MOST_MAPS = 8
"""Networks whose maps stand side by side."""
KINDS = {"networks": BLUE, INPUTS: GREEN, THEORY: VERMILLION}
NOTE = (
    "Correlation of final distances between all pairs of points, in which one factor of each "
    "network does not count; inputs: with distances of the inputs; theory: with √(‖dx‖ ‖dy*‖), "
    "the rich regime. Grey: mean and two standard deviations if the points of one are permuted, "
    "which few points allow to be large by chance. Maps: final distances, each up to its largest."
)


@styled
def draw_geometry(
    geometry: Geometry, pairs: Mapping[str, PairDistances], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """For each regime every two networks as a matrix and as dots, then maps of all networks.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``correlation``, ``null_mean``,
        ``null_sd``, ``p`` and ``scale`` of every comparison, and ``distance`` of maps.
    """
    regimes = list(dict.fromkeys(geometry.regime.tolist()))
    pitch = HEADER + WIDTH + BELOW
    drawn = dict(list(pairs.items())[:MOST_MAPS])
    columns = Columns(max(len(drawn), 1), LEFT, 0.1, 0.1, 1.1)
    rows = _regimes_of(drawn, regimes)
    maps_pitch = HEADER + columns.width + MAPS_BELOW
    top = pitch * len(regimes) + maps_pitch * len(rows)
    page = Page(Sheet.of_height(top + KEY + footer_height(1)))
    for line, regime in enumerate(regimes):
        _draw_regime(page, line * pitch + NOTED, geometry, regime, layout.titles)
    for line, regime in enumerate(rows):
        place = pitch * len(regimes) + line * maps_pitch + HEADER
        draw_row_title(page.sheet, 0, place + columns.width / 2, f"{regime}\ndistances")
        for column, (name, record) in enumerate(drawn.items()):
            box = Box(columns.edge(column), place, columns.width, columns.width)
            panel = page.add(box, title_of(name, layout.titles))
            table = _final(record, regime)
            draw_distances(panel, table, [], largest_of(table))
            panel.axes.set(xticks=[], yticks=[])
    dot: dict[str, Any] = {"ls": "", "marker": "o", "ms": 3, "mew": 0}
    handles = [
        *(line_handle(f"with {kind}", **dot, color=colour) for kind, colour in KINDS.items()),
        line_handle("permuted", color=RULE, lw=4, solid_capstyle="butt"),
    ]
    page.key(top, "networks:", handles)
    page.sheet.footer(NOTE)
    return page.sheet.figure, page.table()


def _regimes_of(pairs: Mapping[str, PairDistances], regimes: list[str]) -> list[str]:
    """Regimes of which there are maps."""
    known = {name for record in pairs.values() for name in record.setting.tolist()}
    return [regime for regime in regimes if regime in known]


def _final(record: PairDistances, regime: str) -> Floats:
    """Mean final distances of a regime; NaN where there are none."""
    chosen = record.final_distance[record.setting == regime].astype(np.float64)
    tables = chosen.reshape(-1, *chosen.shape[-2:])
    tables = tables[np.isfinite(tables).all(axis=(1, 2))]
    missing = np.full(record.final_distance.shape[-2:], np.nan)
    return tables.mean(axis=0) if len(tables) else missing


def _draw_regime(
    page: Page, top: float, geometry: Geometry, regime: str, titles: dict[str, str]
) -> None:
    rows = np.flatnonzero(geometry.regime == regime)
    names = list(dict.fromkeys([*geometry.first[rows], *geometry.second[rows]]))
    names = sorted(names, key=(INPUTS, THEORY).__contains__)
    table = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(table, 1)
    for row in rows:
        places = names.index(geometry.first[row]), names.index(geometry.second[row])
        table[places] = table[places[::-1]] = geometry.correlation[row]
    panel = page.add(Box(LEFT, top, WIDTH, WIDTH), f"{regime}: correlation")
    draw_matrix(panel.axes, table, [title_of(name, titles) for name in names])
    panel.axes.tick_params(axis="x", rotation=90, labelsize=SMALL)
    for quantity in ("correlation", "null_mean", "null_sd", "p", "scale"):
        series = [f"{geometry.first[row]} - {geometry.second[row]}" for row in rows]
        panel.write(quantity, series, np.nan, getattr(geometry, quantity)[rows])
    _draw_dots(page, Box(LEFT + WIDTH + GAP, top, DOTS_WIDTH, WIDTH), geometry, rows)


def _draw_dots(page: Page, box: Box, geometry: Geometry, rows: NDArray[np.intp]) -> None:
    regime = str(geometry.regime[rows[0]])
    panel = page.add(box, f"{regime}: against chance")
    second, labels = geometry.second[rows], []
    for place, (kind, colour) in enumerate(KINDS.items()):
        chosen = rows[second == kind if kind != "networks" else ~np.isin(second, [INPUTS, THEORY])]
        found = geometry.correlation[chosen]
        told = np.isfinite(found)
        at = place + spread(found[told], 0.55)
        mean, sd = geometry.null_mean[chosen][told], geometry.null_sd[chosen][told]
        panel.axes.vlines(at, mean - 2 * sd, mean + 2 * sd, color=RULE, lw=1.6, alpha=0.5)
        panel.axes.plot(at, found[told], "o", color=colour, ms=3, mew=0)
        small = int((geometry.p[chosen] <= 0.05).sum())
        labels.append(f"with {kind}\np ≤ 0.05: {small} of {len(chosen)}")
    panel.axes.set_xticks(range(len(KINDS)), labels)
    panel.axes.tick_params(axis="x", length=0)
    panel.axes.set(xlim=(-0.6, len(KINDS) - 0.4), ylabel="correlation")
    panel.axes.set_ylim(top=1.04)
