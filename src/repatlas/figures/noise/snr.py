"""Alignment of linear learners against the signal-to-noise ratio."""

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
    Page,
    draw_repetitions,
    set_alignment,
    set_samples,
)
from repatlas.figures.noise.told import BARS, simulation_text
from repatlas.figures.page import KEY, line_handle, sequence_colours
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import styled
from repatlas.theory import noise_alignment

LEFT, GAP, RIGHT, LARGEST, HEIGHT, TICKS = 0.5, 0.6, 0.1, 2.9, 1.9, 0.36
"""Inches before, between and behind the columns, of a column at most; of a panel and its axis."""
TICKED = (0.1, 0.3, 1, 3, 10, 30, 100, 300)
POINTS = 200
NOTE = (
    "Lines: closed form for large d; dashed with fewer samples than inputs, where learners fit all "
    "of their noise."
)


@styled
def draw_snr(record: SimulatedAlignment, layout: NoiseLayout) -> tuple[Figure, pd.DataFrame]:
    """Two panels, learners with the same and with own inputs; a curve a sample size.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`. Quantities are ``cosine`` (mean of the
        simulation with its spread) and ``expected_cosine`` (closed form).

    Raises
    ------
    InputError
        The record lacks solutions without penalty.
    """
    same, own = (of_simulation(record, "cosine", shared=shared) for shared in (True, False))
    known = same.ratios.tolist()
    ratios = [ratio for ratio in layout.ratios if ratio in known] or known
    colours = dict(zip(ratios, sequence_colours(len(ratios)), strict=True))
    columns = Columns(2, LEFT, GAP, RIGHT, LARGEST)
    bottom = HEADER + HEIGHT + TICKS + KEY
    page = Page(Sheet.of_height(bottom + footer_height(3)))
    rows = [known.index(ratio) for ratio in ratios]
    least = min(found.alignment[:, rows].mean(axis=0).min() for found in (same, own))
    for place, (found, title) in enumerate(((same, "same inputs"), (own, "own inputs"))):
        box = Box(columns.edge(place), HEADER, columns.width, HEIGHT)
        axes = _draw_panel(page, box, title, found, colours)
        set_alignment(axes, "cosine of the two maps", least)
    handles = [
        line_handle(f"{ratio:g}", color=colour, ls=_dashes(ratio), marker="o", ms=3, mew=0)
        for ratio, colour in colours.items()
    ]
    page.key(bottom - KEY, "samples / inputs:", handles)
    page.sheet.footer(NOTE, f"{simulation_text(record.spec)} {BARS}", STAND_IN)
    return page.sheet.figure, page.table()


def _draw_panel(
    page: Page, box: Box, title: str, found: Settings, colours: dict[float, Any]
) -> Axes:
    axes, letter = page.panel(box, title)
    snrs, known = found.snrs, found.ratios.tolist()
    fine = np.geomspace(snrs[0], snrs[-1], POINTS)
    for ratio, colour in colours.items():
        values = found.alignment[:, known.index(ratio)]
        closed = noise_alignment.cosine(ratio, fine, shared=found.shared)
        axes.plot(fine, closed, color=colour, lw=0.8, ls=_dashes(ratio))
        draw_repetitions(axes, snrs, values, colour)
        mean, spread = values.mean(axis=0), values.std(axis=0)
        page.note_values(letter, title, "cosine", ratio, snrs, mean, spread)
        expected = noise_alignment.cosine(ratio, snrs, shared=found.shared)
        page.note_values(letter, title, "expected_cosine", ratio, snrs, expected)
    set_samples(axes, snrs[0], snrs[-1], TICKED, "signal-to-noise ratio")
    return axes


def _dashes(ratio: float) -> Any:
    return (0, (4, 2)) if ratio < 1 else "-"
