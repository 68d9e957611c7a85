"""Whether points with the same target merge, and others part, in different networks."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repatlas.dynamics.results import Trajectories
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.page import line_handle, set_logarithmic
from repatlas.figures.style import VERMILLION, styled
from repatlas.figures.universality.architecture_grid import Draft, Frame, draw_grid
from repatlas.figures.universality.page import Panel, title_of, warn
from repatlas.figures.universality.replicas import MOST_POINTS, spread_text
from repatlas.figures.universality.told import learner_text

NOTE = (
    "Squared distance in the compared hidden layer over that before training; a line a network. "
    "Theory: with identical targets points merge if and only if the decoder is the stronger of the "
    "two maps at the start (A_high < 0), else their distance falls to A_high. End / start: median "
    "and range over networks with identical targets."
)


@styled
def draw_merging(
    courses: Mapping[str, Trajectories], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a network: hidden distance over that at the start, coloured by the targets'.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; the quantity is ``distance ratio``.
    """
    norms = np.unique(np.concatenate([np.sqrt(one.target_square) for one in courses.values()]))
    drafts = [
        Draft(title_of(name, layout.titles), _note(one), partial(_draw, one, norms.max()))
        for name, one in courses.items()
    ]
    handles = [line_handle(f"{norm:.2g}", color=_colour(norm, norms.max())) for norm in norms]
    told = [NOTE, *([learner_text(list(courses.values()))] if layout.scale_note else [])]
    frame = Frame("steps", "‖dh‖² / start", ("‖dy*‖:", handles), told, layout.columns)
    return draw_grid(drafts, frame)


def _colour(norm: float, top: float) -> Any:
    """Of a target distance; identical targets stand out."""
    return VERMILLION if norm == 0 else mpl.colormaps["viridis"](0.88 * norm / top)


def _ratio(course: Trajectories) -> NDArray[np.float64]:
    """(r, t) hidden distance over that at the start."""
    hidden = course.hidden[:, course.layer].astype(np.float64)
    ratio: NDArray[np.float64] = hidden / np.where(hidden[:, :1] > 0, hidden[:, :1], np.nan)
    return ratio


def _note(course: Trajectories) -> str:
    same = course.target_square == 0
    if not same.any():
        return "no identical targets"
    return f"end / start {spread_text(_ratio(course)[same, -1], 2)}"


def _draw(course: Trajectories, top: float, panel: Panel) -> None:
    count = len(course.steps)
    shown = np.unique(np.linspace(0, count - 1, MOST_POINTS).round().astype(np.intp))
    ratio = _ratio(course)
    # Identical targets last, above all others.
    for row in np.argsort(-course.target_square, kind="stable").tolist():
        norm = float(np.sqrt(course.target_square[row]))
        series = f"|dx| {np.sqrt(course.input_square[row]):.3g}, |dy*| {norm:.3g}"
        series = f"{series}, seed {course.seed[row]}"
        style: dict[str, Any] = {"color": _colour(norm, top), "lw": 0.7}
        panel.line("distance ratio", series, course.steps[shown], ratio[row, shown], **style)
    panel.axes.set_xlim(0, course.steps[-1])
    set_logarithmic(panel.axes)
    if not course.converged.any():
        warn(panel.axes, "not learnt")
