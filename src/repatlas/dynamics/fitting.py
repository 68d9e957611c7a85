"""The effective theory, fitted to networks that were followed while they learnt two points.

Every replica is fitted by itself, from the start that was measured (van Rossem and Saxe 2024). That
two rates do not fit just anything is seen from equations with one term changed, which fit worse.
"""

from collections.abc import Sequence
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from repatlas.dynamics.courses import curves_of, pair_of
from repatlas.dynamics.findings import Fits
from repatlas.dynamics.layer_fit import LayerFit, tables
from repatlas.dynamics.loss_fit import LossFit, fit_loss
from repatlas.dynamics.results import Trajectories
from repatlas.theory.effective import Curves, Variant
from repatlas.theory.fit import Fit, fit_rates

Floats = NDArray[np.float64]

TRUE = "true"
"""Name of the theory beside its variants."""

VARIANTS: tuple[Variant, ...] = get_args(Variant)


def fit_trajectories(
    followed: Trajectories, *, all_layers: bool = False, variants: Sequence[Variant] = VARIANTS
) -> Fits:
    """Fit the rates of every replica.

    Parameters
    ----------
    followed
        Networks, step by step.
    all_layers
        Fit all hidden layers, and not only the one that is compared with theory.
    variants
        Equations with one term changed, which are fitted to the compared layer.

    Raises
    ------
    InputError
        A course is too short to be fitted, or starts as that of no pair.
    """
    replicas, depth, times = followed.hidden.shape
    compared = int(followed.layer)
    fits: dict[tuple[int, int], LayerFit] = {}
    courses = []
    for replica in range(replicas):
        course = _Course.absent(times, 1 + len(variants))
        for layer in range(depth) if all_layers else [compared]:
            curves = curves_of(followed, replica, layer)
            if curves is None:
                continue
            fit = fit_rates(curves, pair_of(followed, replica), times=followed.steps)
            fits[replica, layer] = LayerFit.of(curves, fit)
            if layer == compared:
                course = _Course.of(followed, replica, curves, fit, variants)
        courses.append(course)
    return Fits(
        settings=followed.settings,
        layer=compared,
        steps=followed.steps,
        variant=np.array([TRUE, *variants]),
        mean_rate=np.array([course.loss.rate for course in courses]),
        loss_error=np.array([course.loss.error for course in courses]),
        hidden=np.stack([course.curves.hidden for course in courses]),
        output=np.stack([course.curves.output for course in courses]),
        misalignment=np.stack([course.curves.misalignment for course in courses]),
        loss=np.stack([course.loss.course for course in courses]),
        variant_error=np.stack([course.variant_error for course in courses]),
        **tables(fits, (replicas, depth)),
    )


class _Course(NamedTuple):
    """The theory of one replica at the compared layer: curves, loss and errors (v,) of variants."""

    curves: Curves
    loss: LossFit
    variant_error: Floats

    @classmethod
    def of(
        cls,
        followed: Trajectories,
        replica: int,
        curves: Curves,
        fit: Fit,
        variants: Sequence[Variant],
    ) -> "_Course":
        """Of a replica whose curves (t,) were fitted; each variant has rates of its own."""
        pair, steps = pair_of(followed, replica), followed.steps
        loss = followed.loss[replica].astype(np.float64)
        mean_error = float(followed.mean_error[replica])
        changed = [fit_rates(curves, pair, times=steps, variant=variant) for variant in variants]
        return cls(
            fit.predicted,
            fit_loss(loss, mean_error, fit.predicted, pair, steps),
            np.sqrt([fit.loss, *(other.loss for other in changed)]),
        )

    @classmethod
    def absent(cls, times: int, variants: int) -> "_Course":
        """Of a replica that theory cannot take."""
        nothing = np.full(times, np.nan)
        curves = Curves(nothing, nothing, nothing)
        return cls(curves, LossFit.absent(times), np.full(variants, np.nan))
