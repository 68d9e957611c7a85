"""Two images of different classes, followed while a network learns all of them."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from repatlas.dynamics.findings import Fits
from repatlas.dynamics.results import Trajectories
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.style import styled
from repatlas.figures.universality.agreement import number
from repatlas.figures.universality.architecture_grid import Draft, Frame, draw_grid
from repatlas.figures.universality.courses import course_handles, draw_courses, factor_text
from repatlas.figures.universality.page import Panel
from repatlas.figures.universality.replicas import Followed, paired
from repatlas.figures.universality.told import RATES_NOT_TOLD, learner_text

NOTE = (
    "Dashed: theory of two points with two rates fitted to each pair, from its measured start; all "
    "other images, which move the same maps, are left out of it. Error: root mean square of the "
    "three curves, each over its range."
)


@styled
def draw_pair(
    course: Trajectories, fits: Fits, layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a replica, each with two images of its own.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; hidden distances have the factor with which
        they are drawn.

    Raises
    ------
    InputError
        Course and fits do not belong together.
    """
    followed = paired({"trajectories": course}, {"fits": fits}, layout.titles)[0]
    drafts = [
        Draft(
            f"seed {seed}",
            f"error {number(float(error), 3)}",
            partial(_draw, followed, replica),
            remark=factor_text(followed, replica),
            warning=_warning(followed, replica),
        )
        for replica, (seed, error) in enumerate(zip(course.seed, followed.error, strict=True))
    ]
    told = [NOTE, *([_told(course)] if layout.scale_note else [])]
    frame = Frame("steps", "", ("networks:", course_handles()), told, layout.columns)
    return draw_grid(drafts, frame)


def _draw(followed: Followed, replica: int, panel: Panel) -> None:
    draw_courses(panel, followed, [replica])


def _warning(followed: Followed, replica: int) -> str:
    return "" if followed.fits.identifiable[replica, followed.fits.layer] else RATES_NOT_TOLD


def _told(course: Trajectories) -> str:
    settings = course.settings
    if "data" not in settings:
        return learner_text([course])
    first, second = settings["classes"]
    return f"Images of classes {first} and {second} of {settings['data']}. {learner_text([course])}"
