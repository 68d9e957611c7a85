"""The loss over training in many networks, with that of the theory."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from repatlas.dynamics.findings import Fits
from repatlas.dynamics.results import Trajectories
from repatlas.figures.layouts.universality import UniversalityLayout
from repatlas.figures.page import line_handle, set_logarithmic
from repatlas.figures.style import BLUE, INK, RULE, styled
from repatlas.figures.universality.architecture_grid import Draft, Frame, draw_grid
from repatlas.figures.universality.courses import PALE, STRONG
from repatlas.figures.universality.page import THEORY, Panel
from repatlas.figures.universality.replicas import Followed, paired, spread_text
from repatlas.figures.universality.told import NOT_LEARNT, TYPICAL_NOTE, learner_text

FLOOR = 1e-6
"""Least loss that is drawn; single precision has little to say below."""
PLATEAU = (0, (1, 1.4))
NOTE = (
    "Dashed: loss of the theory; a third rate, of the mean output, is fitted to it. Dotted: "
    "‖dy*‖² / 8, where both points have the same output, their mean target. Error: root mean "
    "square over the range of the loss, as median and range over replicas."
)


@styled
def draw_losses(
    courses: Mapping[str, Trajectories], fits: Mapping[str, Fits], layout: UniversalityLayout
) -> tuple[Figure, pd.DataFrame]:
    """One panel a network: the loss over steps, logarithmic.

    Returns
    -------
    figure, table
        The table has the columns of `page.COLUMNS`; quantities are ``loss`` and ``plateau``.

    Raises
    ------
    InputError
        Courses and fits do not belong together.
    """
    found = paired(courses, fits, layout.titles)
    drafts = [
        Draft(
            one.title,
            f"error {spread_text(one.fits.loss_error, 3)}",
            partial(_draw, one),
            warning="" if one.course.converged.any() else NOT_LEARNT,
        )
        for one in found
    ]
    told = [NOTE, TYPICAL_NOTE]
    if layout.scale_note:
        told.append(learner_text([one.course for one in found]))
    handles = [
        line_handle("loss", color=BLUE),
        line_handle("theory", color=INK, lw=0.8, ls=THEORY),
        line_handle("plateau", color=RULE, lw=0.9, ls=PLATEAU),
    ]
    return draw_grid(drafts, Frame("steps", "loss", ("networks:", handles), told, layout.columns))


def _draw(followed: Followed, panel: Panel) -> None:
    typical, course, shown = followed.typical, followed.course, followed.shown
    steps = course.steps[shown]
    for replica in range(len(course.loss)):
        style = STRONG if replica == typical else PALE
        seed = f"network, seed {course.seed[replica]}"
        panel.line("loss", seed, steps, course.loss[replica, shown], color=BLUE, **style)
    seed = f"theory, seed {course.seed[typical]}"
    theory = followed.fits.loss[typical, shown]
    panel.line("loss", seed, steps, theory, color=INK, lw=0.8, ls=THEORY, zorder=4)
    plateau = float(course.target_square[typical]) / 8
    if plateau > FLOOR:
        panel.axes.axhline(plateau, color=RULE, lw=0.9, ls=PLATEAU, zorder=1)
        panel.write("plateau", "theory", np.nan, plateau)
    largest = float(np.nanmax(course.loss[:, shown], initial=plateau))
    panel.axes.set(xlim=(0, steps[-1]), ylim=(FLOOR, 2 * max(largest, 10 * FLOOR)))
    set_logarithmic(panel.axes)
