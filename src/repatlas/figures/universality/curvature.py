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
from repatlas.figures.universality.agreement import brief, number, rank_correlation
from repatlas.figures.universality.architecture_grid import Draft, Frame, draw_grid
from repatlas.figures.universality.page import Panel
from repatlas.figures.universality.replicas import Followed, paired

SMALL_PART = 0.1
"""Curvature below which the authors' later work takes a map as straight between two points."""
FLOOR = 1e-5
"""Curvature that is not drawn: of a straight map, single precision leaves about so much."""
STRAIGHT = 1e-3
"""Curvature below which no digits are told."""
DOTS = (0, (1, 1.4))
NOTE = (
    "Curvature: part of the map from a hidden layer to the outputs that is of second order between "
    "the two points, over that of first order; theory takes it as 0. Lines: medians over replicas, "
    "strong: the compared layer, whose largest value over training is told. Dotted: 0.1. Values "
    "below 0.00001 are those of straight maps and not drawn. Last panel: a point a replica and "
    "layer with a curved map, with Spearman's rank correlation."
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
    top = 2 * max(_largest(one) for one in found)
    drafts = [Draft(one.title, _note(one), partial(_draw, one, top)) for one in found]
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
    if not known.any():
        return "largest ?"
    largest = np.nanmax(at_layer[known], axis=1)
    if largest.max() < STRAIGHT:
        return f"largest below {STRAIGHT:g}"
    low, middle, high = (brief(float(part)) for part in np.quantile(largest, (0, 0.5, 1)))
    return f"largest {middle}" if low == high else f"largest {middle} ({low} to {high})"


def _middle(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Median (...) of known values (n, ...) over the first axis, NaN where there are none."""
    known = np.isfinite(values).any(axis=0)
    middle = np.full(known.shape, np.nan)
    middle[known] = np.nanmedian(values[:, known], axis=0)
    return middle


def _largest(followed: Followed) -> float:
    """Largest curvature that is drawn of a network, at least what counts as small."""
    return float(np.nanmax(_middle(followed.course.curvature), initial=SMALL_PART))


def _draw(followed: Followed, top: float, panel: Panel) -> None:
    course, shown = followed.course, followed.shown
    colours = sequence_colours(course.hidden.shape[1])
    for layer, colour in enumerate(colours):
        middle = _middle(course.curvature[:, layer][:, shown])
        compared = layer == course.layer
        style: dict[str, Any] = {"color": colour, "lw": 0.5}
        if compared:
            style = {"color": INK, "lw": 1.2, "zorder": 3}
        panel.line("curvature", f"layer {layer}", course.steps[shown], middle, **style)
    panel.axes.axhline(SMALL_PART, color=RULE, lw=0.9, ls=DOTS, zorder=0)
    panel.axes.set(xlim=(0, course.steps[-1]), ylim=(FLOOR, top))
    set_logarithmic(panel.axes)


def _errors(followed: Followed) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Median curvature over training and error of fit, (r, L); NaN where a map is straight."""
    middle = _middle(np.moveaxis(followed.course.curvature, -1, 0))
    curved = middle >= FLOOR
    return np.where(curved, middle, np.nan), np.where(curved, followed.fits.error, np.nan)


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
