"""Whether the effective theory of a pair fits networks that learn it (van Rossem and Saxe 2024)."""

from typing import Literal

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import UnavailableError
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.universality import (
    NOT_LEARNT,
    Source,
    measured,
    together,
    where_learnt,
)

Names = tuple[str, ...]
Variant = Literal["alt1", "alt2", "alt3", "alt4"]


@statistic
def trajectory_error(evidence: Evidence, *, network: str, source: Source = "points") -> Measurement:
    """Error of the fitted theory over the course of a pair, in ranges of the curves.

    "When Representations Align", section on the effective theory. Root mean squared error of
    hidden distance, output distance and misalignment, each over its range.

    Parameters
    ----------
    evidence
        Results of the study.
    network, source
        Whose course, and of what.
    """
    course = evidence.universality.course(network, source)
    errors = _errors(evidence, network, source)
    if source == "images":
        return measured(network, course.seed, errors, "theory cannot be fitted")
    return measured(network, course.seed, where_learnt(errors, course), NOT_LEARNT)


@statistic
def trajectory_errors(evidence: Evidence, *, networks: Names) -> Measurement:
    """Error of the fitted theory over several networks, each with rates of its own.

    "When Representations Align", universality. As `trajectory_error`; networks that the study lacks
    are left out.

    Parameters
    ----------
    evidence
        Results of the study.
    networks
        Names of the networks.
    """
    known = [name for name in networks if name in evidence.files.universality.fits]
    return together([trajectory_error(evidence, network=name) for name in known])


@statistic
def loss_error(evidence: Evidence, *, networks: Names) -> Measurement:
    """Error of the fitted theory over the course of the loss, in ranges of the loss.

    "When Representations Align", analytic form of the loss: one more constant is fitted.

    Parameters
    ----------
    evidence
        Results of the study.
    networks
        Names of the networks; those that the study lacks are left out.
    """
    parts = []
    for name in networks:
        if name in evidence.files.universality.fits:
            course, fits = evidence.universality.course(name), evidence.universality.fits(name)
            errors = where_learnt(fits.loss_error, course)
            parts.append(measured(name, course.seed, errors, NOT_LEARNT))
    return together(parts)


@statistic
def altered_error_ratio(evidence: Evidence, *, network: str, variant: Variant) -> Measurement:
    """Error of the theory with one term changed, fitted anew, over that of the true one.

    "When Representations Align", altered equations. Errors as in `trajectory_error`.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose course.
    variant
        Which term is changed.
    """
    course, fits = evidence.universality.course(network), evidence.universality.fits(network)
    names = fits.variant.tolist()
    if variant not in names:
        raise UnavailableError(f"this study has no fit of {variant} to {network}")
    altered, true = (fits.variant_error[:, names.index(name)] for name in (variant, "true"))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = altered / true
    return measured(network, course.seed, where_learnt(ratios, course), NOT_LEARNT, null=1.0)


def _errors(evidence: Evidence, network: str, source: Source) -> Array:
    """(r,) at the compared layer."""
    fits = evidence.universality.fits(network, source)
    errors: Array = fits.error[:, int(fits.layer)].astype(np.float64)
    return errors
