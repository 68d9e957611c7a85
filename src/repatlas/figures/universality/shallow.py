"""Whether networks with one hidden layer act alike, as theory says of deep ones."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.dynamics.results import PairDistances
from repatlas.dynamics.same_target import learnt, same_over_different
from repatlas.errors import InputError
from repatlas.figures.dots import spread
from repatlas.figures.layouts.universality import SHALLOW, UniversalityLayout
from repatlas.figures.marks import draw_row_title
from repatlas.figures.page import KEY, line_handle
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, INK, PAGE_WIDTH, VERMILLION, styled
from repatlas.figures.universality.distance_maps import draw_distances, largest_of
from repatlas.figures.universality.page import HEADER, THEORY, Page, title_of
from repatlas.figures.universality.point_names import point_names

Floats = NDArray[np.float64]

DEEP = "rich"
COLOURS = {DEEP: BLUE, SHALLOW: VERMILLION}
LEAST = 2
"""Networks with a shallow setting from which on they can differ."""
LEFT, GAP, RIGHT, LARGEST = 0.7, 0.25, 0.12, 1.35
"""Inches beside and between maps, and of the largest map."""
TICKS, HEIGHT, BELOW = 0.22, 1.5, 0.3
"""Inches below maps, of the panel of ratios, and below that."""
APART, SPREAD = 0.2, 0.28
"""Of the dots of a setting, from the middle of their network; and their own width."""
NOTE = (
    "Exclusive or. Maps: distances ‖dh‖ in the compared hidden layer, over the mean of those of "
    "points with different targets; means over networks that learnt. Points are named by their "
    "inputs. Last panel: mean distance of points with the same target over that of points with "
    "different ones, a dot a seed, with a bar at the mean; 0 if the former merge. Dashed: the same "
    "of the inputs."
)


@styled
def draw_shallow(
    pairs: Mapping[str, PairDistances], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """Maps of every network with a shallow setting, and how near points with one target come.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``distance`` (over the mean of
        those between different targets) and ``ratio`` (x: number of the network), whose series is
        the setting, and ``inputs`` for the line.

    Raises
    ------
    InputError
        Fewer than two networks have a shallow setting.
    """
    shown = {name: one for name, one in pairs.items() if SHALLOW in one.setting}
    if len(shown) < LEAST:
        raise InputError(
            f"--pairs: {len(shown)} networks have a setting {SHALLOW!r}: give it to two at least"
        )
    settings = [name for name in COLOURS if any(name in one.setting for one in shown.values())]
    columns = Columns(len(shown), LEFT, GAP, RIGHT, LARGEST)
    pitch = HEADER + columns.width + TICKS
    bottom = pitch * len(settings)
    height = bottom + HEADER + HEIGHT + BELOW + KEY + footer_height(1 + layout.scale_note)
    page = Page(Sheet.of_height(height))
    tables = {name: [_scaled(one, setting) for setting in settings] for name, one in shown.items()}
    largest = largest_of(*(table for row in tables.values() for table in row))
    for line, setting in enumerate(settings):
        top = line * pitch + HEADER
        draw_row_title(page.sheet, columns.margin, top + columns.width / 2, setting)
        for place, (name, record) in enumerate(shown.items()):
            box = Box(columns.edge(place), top, columns.width, columns.width)
            panel = page.add(box, title_of(name, layout.titles))
            draw_distances(panel, tables[name][line], point_names(record), largest)
    box = Box(LEFT, bottom + HEADER, PAGE_WIDTH - LEFT - RIGHT, HEIGHT)
    _draw_ratios(page, box, shown, settings, layout.titles)
    dot = {"ls": "", "marker": "o", "ms": 3.6, "mew": 0}
    handles = [
        *(line_handle(name, **dot | {"color": COLOURS[name]}) for name in settings),
        line_handle("inputs", color=INK, lw=0.8, ls=THEORY),
    ]
    page.key(bottom + HEADER + HEIGHT + BELOW, "setting:", handles)
    page.sheet.footer(NOTE, *([_told(shown)] if layout.scale_note else []))
    return page.sheet.figure, page.table()


def _places(record: PairDistances, setting: str) -> list[int]:
    """Place of a setting in a record, if it is there."""
    return [int(place) for place in np.flatnonzero(record.setting == setting)]


def _scaled(record: PairDistances, setting: str) -> Floats:
    """Mean distances (n, n) of networks that learnt, over those of different targets."""
    missing = np.full(record.target_distance.shape, np.nan)
    for place in _places(record, setting):
        tables = record.final_distance[place][learnt(record, place)].astype(np.float64)
        if len(tables):
            table: Floats = tables.mean(axis=0)
            return table / table[record.target_distance > 0].mean()
    return missing


def _draw_ratios(
    page: Page,
    box: Box,
    shown: Mapping[str, PairDistances],
    settings: list[str],
    titles: dict[str, str],
) -> None:
    panel = page.add(box, "points with the same target over points with different ones")
    for number, record in enumerate(shown.values()):
        for shift, setting in zip(_shifts(len(settings)), settings, strict=True):
            for place in _places(record, setting):
                known = learnt(record, place)
                found = same_over_different(record.final_distance[place], record.target_distance)
                middle, colour = number + shift, COLOURS[setting]
                at = middle + spread(found[known], SPREAD)
                panel.axes.plot(at, found[known], "o", color=colour, ms=3.6, mew=0.3, mec="white")
                panel.write("ratio", setting, number, found[known])
                if known.any():
                    mean, half = float(found[known].mean()), SPREAD * 0.5
                    panel.axes.plot(
                        [middle - half, middle + half], [mean, mean], color=INK, lw=0.9, zorder=3
                    )
    record = next(iter(shown.values()))
    inputs = float(same_over_different(record.input_distance, record.target_distance))
    panel.axes.axhline(inputs, color=INK, lw=0.8, ls=THEORY, zorder=0)
    panel.write("ratio", "inputs", np.nan, inputs)
    panel.axes.set_xticks(range(len(shown)), [title_of(name, titles) for name in shown])
    panel.axes.tick_params(axis="x", length=0)
    panel.axes.set_xlim(-0.5, len(shown) - 0.5)
    panel.axes.set_ylim(0, max(panel.axes.get_ylim()[1], 1.06 * inputs))
    panel.axes.set_ylabel("same / different")


def _shifts(count: int) -> list[float]:
    """Where the dots of so many settings stand beside the middle of a network."""
    return [0.0] if count == 1 else [-APART, APART]


def _told(shown: Mapping[str, PairDistances]) -> str:
    record = next(iter(shown.values()))
    learners = record.settings.get("learners", {})
    depths = [f"{name} {learners[name]['depth']}" for name in COLOURS if name in learners]
    layers = f"Hidden layers: {', '.join(depths)}. " if depths else ""
    return f"{layers}{len(record.seed)} replicas of each setting."
