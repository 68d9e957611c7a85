"""Whole trainings of a pair in many networks, with the theory fitted to each."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from repatlas.dynamics.findings import Fits
from repatlas.dynamics.results import Trajectories
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.style import styled
from repatlas.figures.universality.architecture_grid import Draft, Frame, draw_grid
from repatlas.figures.universality.courses import course_handles, draw_courses, factor_text
from repatlas.figures.universality.page import Panel
from repatlas.figures.universality.replicas import Followed, paired
from repatlas.figures.universality.told import (
    FIT_NOTE,
    NOT_LEARNT,
    RATES_NOT_TOLD,
    TYPICAL_NOTE,
    learner_text,
)


@styled
def draw_trajectories(
    courses: Mapping[str, Trajectories], fits: Mapping[str, Fits], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a network: squared hidden and output distance and misalignment over steps.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; hidden distances have the factor with which
        they are drawn.

    Raises
    ------
    InputError
        Courses and fits do not belong together.
    """
    found = paired(courses, fits, layout.titles)
    drafts = [
        Draft(
            one.title,
            one.error_text(),
            partial(_draw, one),
            remark=factor_text(one, one.typical),
            warning=_warning(one),
        )
        for one in found
    ]
    told = [FIT_NOTE, TYPICAL_NOTE]
    if layout.scale_note:
        told.append(learner_text([one.course for one in found]))
    frame = Frame("steps", "", ("networks:", course_handles()), told, layout.columns)
    return draw_grid(drafts, frame)


def _draw(followed: Followed, panel: Panel) -> None:
    typical = followed.typical
    others = [row for row in range(len(followed.error)) if row != typical]
    draw_courses(panel, followed, [typical, *others])


def _warning(followed: Followed) -> str:
    if not followed.course.converged.any():
        return NOT_LEARNT
    told = followed.fits.identifiable[:, followed.fits.layer].any()
    return "" if told else RATES_NOT_TOLD
