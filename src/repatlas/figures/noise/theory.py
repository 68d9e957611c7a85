"""Alignment and test error of linear learners against sample size: closed form and simulation."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from repatlas.ensembles.results import SimulatedAlignment
from repatlas.ensembles.settings import Settings, of_simulation
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.figures.noise.page import (
    HEADER,
    STAND_IN,
    Array,
    Page,
    draw_repetitions,
    draw_threshold,
    set_alignment,
    set_error,
    set_samples,
    snr_colours,
    snr_handles,
)
from repatlas.figures.noise.told import BARS, simulation_text
from repatlas.figures.page import KEY
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import styled
from repatlas.theory import noise_alignment

LEFT, GAP, RIGHT, HEIGHT, TICKS = 0.45, 0.5, 0.1, 1.75, 0.36
"""Inches before, between and behind the columns; of a panel and of its axis."""
SAMPLES = (0.1, 0.25, 0.5, 1, 2, 4)
POINTS = 401
LARGEST_ERROR = 1e3
NOTE = (
    "Lines: closed form for large d. Dashed upright line: as many samples as inputs, where the "
    "mean error is infinite."
)


@dataclass(frozen=True, eq=False)
class _Quantity:
    """What a panel shows: its name, a value of each repetition and setting, and its closed form."""

    name: str
    settings: Settings
    values: Array
    closed: Callable[[Array, float], Array]


@styled
def draw_theory(record: SimulatedAlignment, layout: NoiseLayout) -> tuple[Figure, pd.DataFrame]:
    """Three panels: alignment with the same inputs, with own inputs, and test error.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`. Quantities are ``cosine`` and ``excess_error``
        (means of the simulation with their spread), ``expected_cosine`` and
        ``expected_excess_error`` (closed form at the same settings).

    Raises
    ------
    InputError
        The record lacks a noise level of the layout, or solutions without penalty.
    """
    same, own = (of_simulation(record, "cosine", shared=shared) for shared in (True, False))
    colours = snr_colours(same.snrs, layout.snrs)
    columns = Columns(3, LEFT, GAP, RIGHT)
    bottom = HEADER + HEIGHT + TICKS + KEY
    page = Page(Sheet.of_height(bottom + footer_height(3)))
    boxes = [Box(columns.edge(place), HEADER, columns.width, HEIGHT) for place in range(3)]
    least = min(found.alignment.mean(axis=0).min() for found in (same, own))
    for box, found, title in ((boxes[0], same, "same inputs"), (boxes[1], own, "own inputs")):
        closed = functools.partial(noise_alignment.cosine, shared=found.shared)
        shown = _Quantity("cosine", found, found.alignment, closed)
        axes = _draw_panel(page, box, title, shown, colours)
        set_alignment(axes, "cosine of the two maps", least)
    shown = _Quantity("excess_error", same, same.error, noise_alignment.excess_error)
    axes = _draw_panel(page, boxes[2], "generalisation", shown, colours)
    set_error(axes, "test error above the teacher's")
    axes.set_ylim(top=LARGEST_ERROR)
    page.key(bottom - KEY, "signal-to-noise ratio:", snr_handles(colours))
    page.sheet.footer(NOTE, f"{simulation_text(record.spec)} {BARS}", STAND_IN)
    return page.sheet.figure, page.table()


def _draw_panel(
    page: Page, box: Box, title: str, shown: _Quantity, colours: dict[float, Any]
) -> Axes:
    axes, letter = page.panel(box, title)
    ratios, snrs = shown.settings.ratios, shown.settings.snrs.tolist()
    # The closed form has no value at the threshold: the curve passes on either side of it.
    fine = np.geomspace(ratios[0], ratios[-1], POINTS)
    fine = fine[~np.isclose(fine, 1.0, rtol=1e-3)]
    draw_threshold(axes)
    for snr, colour in colours.items():
        values = shown.values[:, :, snrs.index(snr)]
        axes.plot(fine, shown.closed(fine, snr), color=colour, lw=0.8)
        draw_repetitions(axes, ratios, values, colour)
        spread = values.std(axis=0)
        page.note_values(letter, title, shown.name, ratios, snr, values.mean(axis=0), spread)
        expected = shown.closed(ratios, snr)
        page.note_values(letter, title, f"expected_{shown.name}", ratios, snr, expected)
    set_samples(axes, ratios[0], ratios[-1], SAMPLES, "samples / inputs")
    return axes
