"""Geometry of the four points of exclusive or: what theory says from another task's rates."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.dynamics.distances import frozen_rates
from repatlas.dynamics.findings import Fits
from repatlas.dynamics.results import PairDistances
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.marks import draw_row_title
from repatlas.figures.page import KEY, line_handle
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, VERMILLION, styled
from repatlas.figures.universality.agreement import agreement_text, draw_identity
from repatlas.figures.universality.distance_maps import draw_distances, largest_of
from repatlas.figures.universality.page import NOTED, Page, Panel, title_of
from repatlas.figures.universality.point_names import point_names
from repatlas.theory.effective import Pair, Start
from repatlas.theory.final_distance import final_distance

Floats = NDArray[np.float64]

COLUMNS = Columns(4, 0.5, 0.42, 0.12)
TICKS = 0.32
"""Inches of the axis of a panel."""
TITLES = ("before training", "theory", "networks", "pairs of points")
SAME: dict[str, Any] = {"ls": "", "marker": "o", "ms": 3.2, "mew": 0.4, "color": BLUE}
OTHER: dict[str, Any] = SAME | {"color": VERMILLION}
NOTE = (
    "Distances ‖dh‖ in the compared hidden layer; maps of a row have one scale and show means over "
    "replicas. Theory: of each pair by itself, from its distances before training, with the rates "
    "of the network that learnt two points; nothing is fitted here. Networks of both tasks may "
    "differ in activation and loss; only the ratio of rates counts."
)


@dataclass(frozen=True, eq=False)
class _Setting:
    """Distances (r, n, n) of one setting; NaN where a replica has diverged."""

    name: str
    start: Floats
    theory: Floats
    networks: Floats
    loss: Floats


@styled
def draw_xor(
    pairs: PairDistances, fits: Fits, layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """One row a setting: maps before training, of theory and of networks, and a scatter.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``distance`` (of maps, means)
        and ``measured`` (x: predicted) of every pair and replica.
    """
    found = [_setting(pairs, fits, row) for row in range(len(pairs.setting))]
    names = point_names(pairs)
    pitch = NOTED + COLUMNS.width + TICKS
    bottom = pitch * len(found)
    page = Page(Sheet.of_height(bottom + KEY + footer_height(1 + layout.scale_note)))
    for line, one in enumerate(found):
        top = line * pitch + NOTED
        title = title_of(one.name, layout.titles)
        draw_row_title(page.sheet, COLUMNS.margin, top + COLUMNS.width / 2, title)
        tables = [_mean(part) for part in (one.start, one.theory, one.networks)]
        largest = largest_of(*tables)
        notes = ("", "", f"loss {np.nanmedian(one.loss):.1g}" if _known(one.loss) else "diverged")
        for place, table in enumerate(tables):
            box = Box(COLUMNS.edge(place), top, COLUMNS.width, COLUMNS.width)
            panel = page.add(box, TITLES[place], notes[place])
            draw_distances(panel, table, names, largest)
        box = Box(COLUMNS.edge(3), top, COLUMNS.width, COLUMNS.width)
        _draw_pairs(page, box, one, pairs.target_distance > 0)
    handles = [line_handle("same output", **SAME), line_handle("other output", **OTHER)]
    page.key(bottom, "pairs of points:", handles)
    page.sheet.footer(NOTE, *([_told(pairs)] if layout.scale_note else []))
    return page.sheet.figure, page.table()


def _setting(pairs: PairDistances, fits: Fits, row: int) -> _Setting:
    start = pairs.start_distance[row].astype(np.float64)
    theory = np.zeros(start.shape)
    rates, output = frozen_rates(fits), pairs.start_output[row].astype(np.float64)
    # Two points that a layer of dead units puts in one place have no start that theory knows.
    known, same = start > 0, np.broadcast_to(np.eye(start.shape[-1], dtype=bool), start.shape)
    theory[~known & ~same] = np.nan
    distances = np.broadcast_arrays(pairs.input_distance, pairs.target_distance, start)
    dx, dy, _ = (part[known].astype(np.float64) for part in distances)
    begin = Start(start[known] ** 2, output[known] ** 2, 0.0)
    theory[known] = np.sqrt(final_distance(Pair(dx**2, dy**2), rates, begin))
    networks = pairs.final_distance[row].astype(np.float64)
    return _Setting(str(pairs.setting[row]), start, theory, networks, pairs.loss[row])


def _mean(tables: Floats) -> Floats:
    """Mean over replicas without NaN; NaN if there is none."""
    known = np.isfinite(tables).all(axis=(1, 2))
    mean: Floats = tables[known].mean(axis=0) if known.any() else np.full(tables.shape[1:], np.nan)
    return mean


def _known(values: NDArray[np.floating]) -> bool:
    return bool(np.isfinite(values).any())


def _draw_pairs(page: Page, box: Box, one: _Setting, differ: NDArray[np.bool_]) -> None:
    rows, columns = np.triu_indices(one.theory.shape[-1], k=1)
    theory, networks = one.theory[:, rows, columns], one.networks[:, rows, columns]
    panel: Panel = page.add(box, TITLES[3], agreement_text(theory, networks))
    other = differ[rows, columns]
    draw_identity(panel.axes, theory, networks)
    for chosen, style, series in ((~other, SAME, "same output"), (other, OTHER, "other output")):
        panel.line(
            "measured", series, theory[:, chosen].ravel(), networks[:, chosen].ravel(), **style
        )
    panel.axes.set_xlabel("theory")
    panel.axes.set_ylabel("networks", labelpad=1)


def _told(pairs: PairDistances) -> str:
    return f"{len(pairs.seed)} replicas of each setting. Points are named by their inputs."
