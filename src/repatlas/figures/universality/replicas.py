"""Replicas of a followed network: which of them is shown, and with what its course is compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from repatlas.dynamics.findings import Fits
from repatlas.dynamics.results import Trajectories
from repatlas.errors import InputError
from repatlas.figures.universality.agreement import number
from repatlas.figures.universality.page import title_of

MOST_POINTS = 160
"""Records of a course that are drawn; curves are smooth."""


@dataclass(frozen=True, eq=False)
class Followed:
    """A network and the theory fitted to its replicas."""

    title: str
    course: Trajectories
    fits: Fits

    @cached_property
    def shown(self) -> NDArray[np.intp]:
        """(m,) records that are drawn."""
        count = len(self.course.steps)
        return np.unique(np.linspace(0, count - 1, MOST_POINTS).round().astype(np.intp))

    @property
    def error(self) -> NDArray[np.floating]:
        """(r,) errors of fit at the compared layer."""
        return self.fits.error[:, self.fits.layer]

    @property
    def typical(self) -> int:
        """Replica of median error of fit; the first where none was fitted."""
        order = np.argsort(self.error, kind="stable")
        known = int(np.isfinite(self.error).sum())
        return int(order[max(known - 1, 0) // 2]) if known else 0

    def error_text(self) -> str:
        """Median error of fit, with its range over replicas."""
        return f"error {spread_text(self.error, 3)}"


def spread_text(values: NDArray[np.floating], digits: int) -> str:
    """Median of values, with the least and the largest where there are several."""
    known = values[np.isfinite(values)]
    if not len(known):
        return "?"
    middle = number(float(np.median(known)), digits)
    if len(known) == 1:
        return middle
    low, high = number(known.min(), digits), number(known.max(), digits)
    return middle if low == high else f"{middle} ({low} to {high})"


def paired(
    courses: Mapping[str, Trajectories], fits: Mapping[str, Fits], titles: dict[str, str]
) -> list[Followed]:
    """Put networks and what was fitted to them together, in their order.

    Raises
    ------
    InputError
        There are more of the one than of the other, or two of a place do not belong together.
    """
    if len(courses) != len(fits):
        raise InputError(
            f"--fits: {len(fits)} files for {len(courses)} of --trajectories: give one for each, "
            "in the same order"
        )
    found = []
    for (name, course), (other, fit) in zip(courses.items(), fits.items(), strict=True):
        if course.settings != fit.settings or len(course.seed) != len(fit.error):
            raise InputError(
                f"--fits: {other} was not fitted to {name} of --trajectories, which stands in the "
                "same place: give them in the same order"
            )
        found.append(Followed(title_of(name, titles), course, fit))
    return found
