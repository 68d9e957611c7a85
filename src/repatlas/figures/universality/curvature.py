"""How straight the map from a hidden layer to the outputs is between the points of a pair."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.dynamics.findings import Fits
from repatlas.dynamics.results import Trajectories
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.page import line_handle, sequence_colours, set_logarithmic
from repatlas.figures.style import INK, RULE, styled
from repatlas.figures.universality.agreement import number, rank_correlation
from repatlas.figures.universality.architecture_grid import Draft, Frame, draw_grid
from repatlas.figures.universality.page import Panel
from repatlas.figures.universality.replicas import Followed, paired, spread_text

SMALL_PART = 0.1
"""Curvature below which the authors' later work takes a map as straight between two points."""
DOTS = (0, (1, 1.4))
NOTE = (
    "Curvature: part of the map from a hidden layer to the outputs that is of second order between "
    "the two points, over that of first order; theory takes it as 0. Lines: medians over replicas, "
    "strong: the compared layer, whose largest value over training is told. Dotted: 0.1. Last "
    "panel: a point a replica and layer, with Spearman's rank correlation."
)


@styled
def draw_curvature(
    courses: Mapping[str, Trajectories], fits: Mapping[str, Fits], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a network: curvature of each layer over steps; last: errors of fit against it.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``curvature`` (median over
        replicas) and ``error`` (x: median curvature over training).

    Raises
    ------
    InputError
        Courses and fits do not belong together.
    """
    found = paired(courses, fits, layout.titles)
    drafts = [Draft(one.title, _note(one), partial(_draw, one)) for one in found]
    labels = "median curvature", "error of fit"
    drafts.append(Draft("all networks", _errors_note(found), partial(_draw_errors, found), labels))
    first, last = sequence_colours(2)
    handles = [
        line_handle("first", color=first),
        line_handle("last", color=last),
        line_handle("compared", color=INK, lw=1.4),
    ]
    frame = Frame("steps", "curvature", ("hidden layer:", handles), [NOTE], layout.columns)
    return draw_grid(drafts, frame)


def _note(followed: Followed) -> str:
    at_layer = followed.course.curvature[:, followed.course.layer]
    known = np.isfinite(at_layer).any(axis=1)
    return f"largest {spread_text(np.nanmax(at_layer[known], axis=1), 3)}" if known.any() else "?"


def _draw(followed: Followed, panel: Panel) -> None:
    course, shown = followed.course, followed.shown
    colours = sequence_colours(course.hidden.shape[1])
    for layer, colour in enumerate(colours):
        values = course.curvature[:, layer][:, shown]
        known = np.isfinite(values).any(axis=0)
        middle = np.nanmedian(values[:, known], axis=0)
        compared = layer == course.layer
        style: dict[str, Any] = {"color": colour, "lw": 0.5}
        if compared:
            style = {"color": INK, "lw": 1.2, "zorder": 3}
        panel.line("curvature", f"layer {layer}", course.steps[shown][known], middle, **style)
    panel.axes.axhline(SMALL_PART, color=RULE, lw=0.9, ls=DOTS, zorder=0)
    panel.axes.set_xlim(0, course.steps[-1])
    set_logarithmic(panel.axes)


def _errors(followed: Followed) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Median curvature over training and error of fit, (r, L); NaN where either is unknown."""
    curvature = followed.course.curvature
    known = np.isfinite(curvature).any(axis=-1)
    middle = np.full(known.shape, np.nan)
    middle[known] = np.nanmedian(curvature[known], axis=-1)
    return middle, np.where(known, followed.fits.error, np.nan)


def _errors_note(found: list[Followed]) -> str:
    both = [np.concatenate([np.ravel(part) for part in parts]) for parts in _columns(found)]
    return f"rank correlation {number(rank_correlation(*both))}"


def _columns(found: list[Followed]) -> list[tuple[NDArray[np.floating], ...]]:
    """Curvatures of all networks, and errors of all."""
    return list(zip(*(_errors(one) for one in found), strict=True))


def _draw_errors(found: list[Followed], panel: Panel) -> None:
    for one in found:
        curvature, error = _errors(one)
        colours = sequence_colours(curvature.shape[1])
        for layer, colour in enumerate(colours):
            dot: dict[str, Any] = {
                "color": colour,
                "ls": "",
                "marker": "o",
                "ms": 2.2,
                "mew": 0,
                "alpha": 0.8,
            }
            series = f"{one.title}, layer {layer}"
            panel.line("error", series, curvature[:, layer], error[:, layer], **dot)
    set_logarithmic(panel.axes, "x")
    set_logarithmic(panel.axes, "y")
