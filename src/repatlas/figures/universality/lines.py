"""The straight line on which a pair moves if the theory holds, without a fit of its course."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from repatlas.dynamics.findings import Fits
from repatlas.dynamics.results import Trajectories
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.page import few_ticks, line_handle
from repatlas.figures.style import BLUE, INK, LINES, styled
from repatlas.figures.universality.architecture_grid import Draft, Frame, draw_grid
from repatlas.figures.universality.courses import PALE, STRONG
from repatlas.figures.universality.layers import has_all_layers
from repatlas.figures.universality.page import THEORY, Panel
from repatlas.figures.universality.replicas import Followed, paired, spread_text

NOTE = (
    "Each network moves from the left to the right. Theory keeps ‖dy‖² / ‖dh‖² on a straight line "
    "of ‖dh‖². Dashed: through the start, with the slope of the rates fitted to the course; r: how "
    "straight the path itself is (median and range over replicas), in which no rate counts. "
    "Strong: the replica of median error of fit."
)


@styled
def draw_lines(
    courses: Mapping[str, Trajectories], fits: Mapping[str, Fits], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a network: ``|dy|^2 / |dh|^2`` against ``|dh|^2``; one more for all layers.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``ratio`` (x: ``|dh|^2``) and
        ``correlation`` (x: hidden layer).

    Raises
    ------
    InputError
        Courses and fits do not belong together.
    """
    found = paired(courses, fits, layout.titles)
    drafts = [Draft(one.title, _note(one), partial(_draw, one)) for one in found]
    whole = [one for one in found if has_all_layers(one.fits)]
    if whole:
        labels = "hidden layer", "r"
        drafts.append(Draft("all layers", "", partial(_draw_layers, whole), labels))
    handles = [
        line_handle("networks", color=BLUE),
        line_handle("theory", color=INK, lw=0.8, ls=THEORY),
        *(
            line_handle(f"{one.title}, by layer", color=colour, marker="o", ms=2.6, mew=0)
            for one, colour in zip(whole, LINES, strict=False)
        ),
    ]
    return draw_grid(drafts, Frame("‖dh‖²", "‖dy‖² / ‖dh‖²", ("", handles), [NOTE], layout.columns))


def _note(followed: Followed) -> str:
    return f"r = {spread_text(followed.fits.line_correlation[:, followed.fits.layer], 2)}"


def _draw(followed: Followed, panel: Panel) -> None:
    course, fits, typical = followed.course, followed.fits, followed.typical
    for replica, seed in enumerate(course.seed):
        h = course.hidden[replica, course.layer, followed.shown]
        ratio = course.output[replica, followed.shown] / np.where(h > 0, h, np.nan)
        style = STRONG if replica == typical else PALE
        panel.line("ratio", f"network, seed {seed}", h, ratio, color=BLUE, **style)
        if replica == typical:
            rates = fits.hidden_rate[replica, fits.layer], fits.output_rate[replica, fits.layer]
            slope = rates[1] / (rates[0] * course.input_square[replica])
            ends = np.array([h[0], np.nanmax(h)])
            line = ratio[0] + slope * (ends - h[0])
            panel.line(
                "ratio", f"theory, seed {seed}", ends, line, color=INK, lw=0.8, ls=THEORY, zorder=4
            )
    few_ticks(panel.axes)


def _draw_layers(whole: list[Followed], panel: Panel) -> None:
    for one, colour in zip(whole, LINES, strict=False):
        for replica, values in enumerate(one.fits.line_correlation):
            series = f"{one.title}, seed {one.course.seed[replica]}"
            panel.write("correlation", series, np.arange(len(values)), values)
        known = np.isfinite(one.fits.line_correlation).any(axis=0)
        middle = np.nanmedian(one.fits.line_correlation[:, known], axis=0)
        layers = np.arange(one.fits.line_correlation.shape[1])[known]
        panel.axes.plot(layers, middle, color=colour, marker="o", ms=2.6, mew=0)
        panel.axes.axvline(one.fits.layer, color=colour, lw=0.5, ls=(0, (2, 2)), zorder=0)
    low, _ = panel.axes.get_ylim()
    panel.axes.set_ylim(low, 1 + 0.03 * (1 - low))
    panel.axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
