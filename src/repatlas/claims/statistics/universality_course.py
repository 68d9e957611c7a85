"""What theory says of the course of a pair without a fit (van Rossem and Saxe 2024)."""

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.universality import NOT_LEARNT, measured, where_learnt


@statistic
def misalignment_dip(evidence: Evidence, *, network: str) -> Measurement:
    """Least misalignment of a pair, in quarters of the squared distance of its targets.

    "When Representations Align", misalignment: -1 where the outputs part in the direction of the
    targets.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose course.
    """
    course = evidence.universality.course(network)
    dips = course.misalignment.min(axis=1) / (course.target_square / 4)
    return measured(network, course.seed, where_learnt(dips, course), NOT_LEARNT)


@statistic
def plateau_height(evidence: Evidence, *, network: str) -> Measurement:
    """Distance of the loss on its plateau from an eighth of the targets' squared distance.

    "When Representations Align", analytic form of the loss. Relative; the plateau is where the
    logarithm of the loss falls least before the loss is half of the expected height.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose course.
    """
    course = evidence.universality.course(network)
    both = zip(course.loss, course.target_square / 8, strict=True)
    heights = np.array([_plateau(*one) for one in both])
    values = where_learnt(abs(heights - 1), course)
    return measured(network, course.seed, values, f"{NOT_LEARNT}, or has no plateau")


@statistic
def line_correlation(evidence: Evidence, *, network: str) -> Measurement:
    """Correlation of the ratio of output and hidden distance with the hidden distance.

    Follows from the conserved quantity of the theory: 1 if effective rates are constant and
    representations move along their difference. Needs no fit of rates.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose course.
    """
    course, fits = evidence.universality.course(network), evidence.universality.fits(network)
    values = where_learnt(fits.line_correlation[:, int(fits.layer)], course)
    return measured(network, course.seed, values, NOT_LEARNT, null=0.0)


@statistic
def line_slope_error(evidence: Evidence, *, network: str) -> Measurement:
    """Distance of the slope of that line from the one that fitted rates give.

    As a natural logarithm. Slope and rates come from the same course, but in different ways.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose course.
    """
    course, fits = evidence.universality.course(network), evidence.universality.fits(network)
    layer = int(fits.layer)
    rates = fits.output_rate[:, layer] / (fits.hidden_rate[:, layer] * course.input_square)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = abs(np.log(fits.line_slope[:, layer] / rates))
    return measured(network, course.seed, where_learnt(values, course), NOT_LEARNT)


@statistic
def curvature(evidence: Evidence, *, network: str) -> Measurement:
    """Second-order over first-order part of the map from hidden layer to output, in training.

    Mean over the course; theory takes the map as straight between the two points.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose course.
    """
    course = evidence.universality.course(network)
    bent = course.curvature[:, int(course.layer)].mean(axis=1)
    return measured(network, course.seed, where_learnt(bent, course), NOT_LEARNT)


@statistic
def distance_kept(evidence: Evidence, *, network: str) -> Measurement:
    """Final over initial squared hidden distance of two points with the same target.

    Theory has it fall towards the part of the start that the decoder leaves, or to 0.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose course.
    """
    course = evidence.universality.merging(network)
    hidden = course.hidden[:, int(course.layer)]
    kept = where_learnt(hidden[:, -1] / hidden[:, 0], course)
    return measured(network, course.seed, kept, NOT_LEARNT, null=1.0)


def _plateau(loss: Array, height: float) -> float:
    """Loss on its plateau over the expected height; NaN where it falls past it at once."""
    below = np.flatnonzero(loss < height / 2)
    if len(below) == 0 or below[0] < 2:
        return float("nan")
    fallen = np.log(loss[: below[0] + 1].astype(np.float64))
    flattest = np.argmin(-np.diff(fallen))
    return float(np.exp(fallen[flattest : flattest + 2].mean()) / height)
