"""The three variables of a pair over training: networks solid, theory dashed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from repatlas.dynamics.findings import Fits
from repatlas.dynamics.results import Trajectories
from repatlas.figures.page import line_handle
from repatlas.figures.style import BLUE, GREEN, INK, VERMILLION
from repatlas.figures.universality.page import THEORY, Panel
from repatlas.figures.universality.replicas import Followed

Floats = NDArray[np.floating]

HIDDEN, OUTPUT, MISALIGNMENT = "‖dh‖²", "‖dy‖²", "w"
COLOURS = {HIDDEN: BLUE, OUTPUT: VERMILLION, MISALIGNMENT: GREEN}
NICE = np.outer(10.0 ** np.arange(-4, 5), [1, 2, 5]).ravel()
"""Factors with which hidden distances may be drawn."""
STRONG: dict[str, Any] = {"lw": 1.0, "zorder": 3}
PALE: dict[str, Any] = {"lw": 0.6, "alpha": 0.4, "zorder": 2}
"""Lines of the replica that is shown, and of the others."""
LIMIT = 2.0
"""How far beyond the targets a curve is drawn; only a diverging one goes there."""


@dataclass(frozen=True, eq=False)
class Course:
    """One variable of all replicas, in networks (r, t) and in theory (r, t)."""

    name: str
    networks: Floats
    theory: Floats


def courses_of(course: Trajectories, fits: Fits) -> list[Course]:
    """The three variables at the compared layer."""
    return [
        Course(HIDDEN, course.hidden[:, course.layer], fits.hidden),
        Course(OUTPUT, course.output, fits.output),
        Course(MISALIGNMENT, course.misalignment, fits.misalignment),
    ]


def draw_courses(panel: Panel, followed: Followed, replicas: list[int]) -> None:
    """Draw replicas, the first of them strong and with its theory, the others pale.

    Hidden distances are drawn with a factor, of which `factor_text` tells, where they would be a
    flat line.
    """
    factor = hidden_factor(followed, replicas[0])
    steps = followed.course.steps[followed.shown]
    for variable in courses_of(followed.course, followed.fits):
        scale = factor if variable.name == HIDDEN else 1.0
        colour = COLOURS[variable.name]
        for place, replica in enumerate(replicas):
            style = STRONG if place == 0 else PALE
            seed = f"network, seed {followed.course.seed[replica]}"
            values = scale * variable.networks[replica, followed.shown]
            panel.line(variable.name, seed, steps, values, color=colour, **style)
        theory = scale * variable.theory[replicas[0], followed.shown]
        seed = f"theory, seed {followed.course.seed[replicas[0]]}"
        panel.line(variable.name, seed, steps, theory, color=INK, lw=0.8, ls=THEORY, zorder=4)
    panel.axes.set_xlim(0, steps[-1])
    target = float(followed.course.target_square[replicas[0]])
    if target > 0:
        low, high = panel.axes.get_ylim()
        panel.axes.set_ylim(max(low, -LIMIT * target), min(high, LIMIT * target))


def factor_text(followed: Followed, replica: int) -> str:
    """Factor with which hidden distances are drawn; nothing if it is 1."""
    factor = hidden_factor(followed, replica)
    return "" if factor == 1 else f"{factor:g} {HIDDEN} drawn"


def hidden_factor(followed: Followed, replica: int) -> float:
    """Largest nice factor with which hidden distances stay below the targets' distance."""
    values = followed.course.hidden[replica, followed.course.layer]
    largest = float(np.nanmax(values, initial=0.0))
    target = float(followed.course.target_square[replica])
    if largest <= 0 or target <= 0:
        return 1.0
    fitting = NICE[NICE * largest <= target]
    return float(fitting.max()) if len(fitting) else float(NICE.min())


def course_handles() -> list[Line2D]:
    """Entries of the key."""
    named = [line_handle(name, color=colour) for name, colour in COLOURS.items()]
    return [*named, line_handle("theory", color=INK, lw=0.8, ls=THEORY)]
