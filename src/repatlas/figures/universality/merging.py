"""Whether points with the same target merge or stop, as theory tells from where they start."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from repatlas.dynamics.results import Trajectories
from repatlas.errors import InputError
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.marks import draw_row_title
from repatlas.figures.page import KEY, few_ticks, line_handle, set_logarithmic
from repatlas.figures.panels import Box
from repatlas.figures.sheet import Columns, Sheet, footer_height
from repatlas.figures.style import BLUE, FAINT, INK, VERMILLION, styled
from repatlas.figures.universality.agreement import agreement_text
from repatlas.figures.universality.merging_path import MergingPath, merging_paths
from repatlas.figures.universality.page import NOTED, REMARKED, THEORY, Page, title_of
from repatlas.figures.universality.replicas import spread_text
from repatlas.figures.universality.told import learner_text

COLUMNS = Columns(3, 0.7, 0.55, 0.12)
HEIGHT, BELOW = 1.5, 0.38
"""Inches of a panel, and of its ticks and label."""
DOT: dict[str, Any] = {"ls": "", "marker": "o", "ms": 3.6, "mew": 0.7}
LINE: dict[str, Any] = {"lw": 0.8, "ls": THEORY}
STOPS, MERGES = BLUE, VERMILLION
NOTE = (
    "Start: when a hundredth is left of the first error of the mean output; paler: before. Theory: "
    "‖dy‖² / ‖dh‖² falls along a straight line of ‖dh‖², dashed, until the outputs meet where it "
    "crosses 0 (‖dh‖² = A_high), or the hidden points do, if A_high < 0. The line is that through "
    "the start and the record at which half is left of ‖dy‖² / ‖dh‖², or the last; what follows is "
    "foretold. "
    "Decoder term: 1 - A_high / ‖dh‖² at the start. r, R²: of paths that have ended."
)


@styled
def draw_merging(
    courses: Mapping[str, Trajectories], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """One row a network: distances over steps, paths in the plane of theory, and their ends.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``distance`` (x: steps),
        ``ratio`` (x: distance) and ``end`` (x: decoder term), all over their value at the start.

    Raises
    ------
    InputError
        A network has no pair with identical targets.
    """
    for name, course in courses.items():
        if not (course.target_square == 0).any():
            raise InputError(
                f"--trajectories: {name} has no pair with identical targets: give it "
                "target_squares: [0]"
            )
    rows = {name: merging_paths(course) for name, course in courses.items()}
    head = NOTED if all(rows.values()) else REMARKED
    pitch = head + HEIGHT + BELOW
    page = Page(Sheet.of_height(pitch * len(rows) + KEY + footer_height(1 + layout.scale_note)))
    for line, (name, paths) in enumerate(rows.items()):
        top = line * pitch + head
        title = title_of(name, layout.titles)
        draw_row_title(page.sheet, 0, top + HEIGHT / 2, title)
        boxes = [Box(COLUMNS.edge(place), top, COLUMNS.width, HEIGHT) for place in range(3)]
        if not paths:
            _draw_unlearnt(page, boxes[0], courses[name])
            continue
        _draw_distances(page, boxes[0], courses[name], paths)
        _draw_paths(page, boxes[1], paths)
        _draw_ends(page, boxes[2], paths)
    page.key(pitch * len(rows), "A_high at the start:", _handles())
    told = [learner_text(list(courses.values()))] if layout.scale_note else []
    page.sheet.footer(NOTE, *told)
    return page.sheet.figure, page.table()


def _handles() -> list[Any]:
    return [
        line_handle("above 0: stop", color=STOPS),
        line_handle("below 0: merge", color=MERGES),
        line_handle("theory", color=INK, **LINE),
        line_handle("ended", **DOT | {"color": FAINT}),
        line_handle("under way", **DOT | {"color": FAINT, "mfc": "white"}),
    ]


def _colour(path: MergingPath) -> str:
    if np.isnan(path.decoder):
        return FAINT
    return MERGES if path.merges else STOPS


def _dot(path: MergingPath) -> dict[str, Any]:
    """Mark of where a path is after training."""
    colour = _colour(path)
    return DOT | {"color": colour, "mfc": colour if path.ended else "white", "zorder": 4}


def _draw_unlearnt(page: Page, box: Box, course: Trajectories) -> None:
    """Distances over those before training, where theory says nothing as yet."""
    panel = page.add(box, "distance", "over that before training", warning="mean not learnt")
    for row in np.flatnonzero(course.target_square == 0).tolist():
        hidden = course.hidden[row, course.layer].astype(np.float64)
        ratio = hidden / hidden[0] if hidden[0] > 0 else np.full(len(hidden), np.nan)
        series = f"seed {course.seed[row]}"
        panel.line("distance", series, course.steps, ratio, color=FAINT, lw=0.9)
    panel.axes.set_xlabel("steps")
    panel.axes.set_ylabel("‖dh‖² / first")


def _draw_distances(page: Page, box: Box, course: Trajectories, paths: list[MergingPath]) -> None:
    merging = sum(path.merges for path in paths)
    panel = page.add(box, "distance", f"{merging} of {len(paths)} foretold to merge")
    # Logarithmic, as what happens before the start would else be a vertical line.
    shown = course.steps > 0
    for path in paths:
        before = shown & (np.arange(len(shown)) <= path.start)
        after = shown & (np.arange(len(shown)) >= path.start)
        for part, alpha in ((before, 0.35), (after, 1.0)):
            panel.axes.plot(
                course.steps[part], path.hidden[part], color=_colour(path), lw=0.9, alpha=alpha
            )
        panel.axes.plot(course.steps[-1], path.hidden[-1], clip_on=False, **_dot(path))
        panel.write("distance", _series(path), course.steps[shown], path.hidden[shown])
    panel.axes.axhline(1, color=FAINT, lw=0.4, zorder=0)
    panel.axes.set_xlim(course.steps[1], course.steps[-1])
    set_logarithmic(panel.axes, "x")
    set_logarithmic(panel.axes)
    panel.axes.set_xlabel("steps")
    panel.axes.set_ylabel("‖dh‖² / start")


def _draw_paths(page: Page, box: Box, paths: list[MergingPath]) -> None:
    straight = spread_text(np.array([path.straightness for path in paths]), 2)
    panel = page.add(box, "path", f"straight: r = {straight}")
    for path in paths:
        hidden, ratio = path.hidden[path.start :], path.ratio[path.start :]
        panel.line("ratio", _series(path), hidden, ratio, color=_colour(path), lw=0.9, zorder=3)
        panel.axes.plot(hidden[-1], ratio[-1], **_dot(path))
        if np.isfinite(path.decoder):
            end = path.foretold
            left = (path.decoder - 1 + end) / path.decoder if path.merges else 0.0
            panel.axes.plot([1, end], [1, left], color=_colour(path), alpha=0.6, zorder=2, **LINE)
    right = max(float(path.hidden[path.start :].max()) for path in paths)
    top = max(float(path.ratio[path.start :].max()) for path in paths)
    panel.axes.set(xlim=(0, 1.06 * right), ylim=(-0.02, 1.06 * top))
    few_ticks(panel.axes)
    panel.axes.set_xlabel("‖dh‖² / start")
    panel.axes.set_ylabel("‖dy‖² / ‖dh‖², over start")


def _draw_ends(page: Page, box: Box, paths: list[MergingPath]) -> None:
    told = [path for path in paths if np.isfinite(path.decoder)]
    ended = [path for path in told if path.ended]
    note = agreement_text(
        [path.foretold for path in ended], [float(path.hidden[-1]) for path in ended]
    )
    panel = page.add(box, "end", note)
    places = [path.decoder for path in told]
    ends = np.array([min(0.0, *places) - 0.1, 1.0, max(1.2, *places) + 0.1])
    panel.axes.plot(ends, np.maximum(1 - ends, 0), color=INK, zorder=2, **LINE)
    for path in told:
        panel.line("end", _series(path), [path.decoder], [path.hidden[-1]], **_dot(path))
    panel.axes.set_xlim(ends[0], ends[-1])
    few_ticks(panel.axes)
    panel.axes.set_xlabel("decoder term / start")
    panel.axes.set_ylabel("end / start, ‖dh‖²")


def _series(path: MergingPath) -> str:
    return f"seed {path.seed}"
