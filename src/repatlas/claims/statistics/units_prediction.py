"""By how many units of another seed is a unit predicted? ("Convergent Learning", section 4)."""

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import UnavailableError
from repatlas.claims.penalty_path import PenaltyPath
from repatlas.claims.registry import statistic
from repatlas.claims.unit_tables import Layer, measured

UNPREDICTED = "no unit is predicted at all"


@statistic
def prediction_lost(evidence: Evidence, *, alpha: float, layer: Layer = "first") -> Measurement:
    """Part of what units of another seed can predict that a penalty of some strength takes away.

    "Convergent Learning", Table 1: errors on images held out, against the best strength. Over both
    directions and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    alpha
        Strength of the penalty for a unit, the paper's decay times the number of units; the nearest
        one that was tried counts.
    layer
        The layers looked at.
    """
    path = PenaltyPath(evidence.units)
    lost = path.table(1 - path.kept[path.nearest(alpha)])
    return measured(lost, lost.of(layer), undefined=UNPREDICTED)


@statistic
def knee_predictors(evidence: Evidence, *, layer: Layer = "first") -> Measurement:
    """Mean number of units that predict a unit at the strongest penalty that keeps four fifths.

    "Convergent Learning", Fig 4: at that strength, the knee, maps still have four fifths of what
    the best ones predict on images held out. Over both directions and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    layer
        The layers looked at.
    """
    path = PenaltyPath(evidence.units)
    found = path.table(path.at_knee(path.along(path.record.predictors)))
    return measured(found, found.of(layer), undefined=UNPREDICTED)


@statistic
def knee_top_share(evidence: Evidence, *, layer: Layer = "first") -> Measurement:
    """Share of the three largest weights in all weights of a unit, at the knee.

    "Convergent Learning", Fig 4: three predictors of a unit. The knee is that of
    `knee_predictors`; units without any weight do not count.

    Parameters
    ----------
    evidence
        Results of the study.
    layer
        The layers looked at.
    """
    path = PenaltyPath(evidence.units)
    share = path.record.top_three_share
    found = path.table(path.at_knee(path.along(share, np.isfinite(share))))
    return measured(found, found.of(layer), undefined=UNPREDICTED)


@statistic
def prediction_error_rise(evidence: Evidence) -> Measurement:
    """Lowest held-out error of maps in the last layer, less that in the first.

    "Convergent Learning", Table 1: half the mean squared error over the variance. Over both
    directions and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    path = PenaltyPath(evidence.units)
    best = path.table(path.best)
    return measured(best, best.of("last") - best.of("first"))


@statistic
def sparse_over_exact(evidence: Evidence) -> Measurement:
    """Lowest error of penalised maps where they were found, less that of exact least squares.

    A check of "Convergent Learning", Table 1, whose dense maps are worse than its sparse ones even
    on the images on which they were found: they were not trained to the end. Over layers, both
    directions and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    path = PenaltyPath(evidence.units)
    if path.alphas[0] > 0 or len(path.alphas) < 2:
        raise UnavailableError("this study has no maps both by least squares and with a penalty")
    errors = path.along(path.record.train_error)
    above = path.table(errors[1:].min(axis=0) - errors[0])
    return measured(above, above.of("all"))


@statistic
def prediction_over_shuffled(evidence: Evidence) -> Measurement:
    """Error of maps found where the predicting network saw other images, less that of real ones.

    Beyond "Convergent Learning": on images held out, at the strength that predicts best; over
    layers, both directions and pairs of seeds.

    Parameters
    ----------
    evidence
        Results of the study.
    """
    path = PenaltyPath(evidence.units)
    shuffled = path.along(path.record.shuffled_error)
    above = path.table(path.at_best(shuffled - path.errors))
    return measured(above, above.of("all"), null=0.0)
