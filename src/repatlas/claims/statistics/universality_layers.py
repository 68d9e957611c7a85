"""How theory fares from layer to layer (van Rossem and Saxe 2024), and what depth does."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import UnavailableError
from repatlas.claims.noise import rank_correlation
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.universality import NOT_LEARNT, measured, where_learnt


@statistic
def best_fitted_depth(evidence: Evidence, *, network: str) -> Measurement:
    """Depth of the hidden layer that theory fits best: 0 is the first, 1 the last.

    "When Representations Align", choice of the layer.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose layers.
    """
    return _each(evidence, network, "error", lambda error: error.argmin() / (len(error) - 1))


@statistic
def end_error_ratio(
    evidence: Evidence, *, network: str, end: Literal["first", "last"]
) -> Measurement:
    """Error of the theory at the first or last hidden layer, over that at the best.

    "When Representations Align", choice of the layer. Errors as in `trajectory_error`.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose layers.
    end
        Which one.
    """
    place = 0 if end == "first" else -1
    return _each(evidence, network, "error", lambda error: error[place] / error.min(), null=1.0)


@statistic
def hidden_rate_trend(evidence: Evidence, *, network: str) -> Measurement:
    """Rank correlation of the effective rate of the encoder with depth.

    "When Representations Align", choice of the layer.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose layers.
    """

    def trend(rates: Array) -> float:
        return float(rank_correlation(rates, np.arange(len(rates), dtype=np.float64)))

    return _each(evidence, network, "hidden_rate", trend, null=0.0)


@statistic
def output_rate_peak(evidence: Evidence, *, network: str) -> Measurement:
    """Distance from the middle of the layer with the largest effective rate of the decoder.

    "When Representations Align", choice of the layer. In depths of the network, 0.5 at its ends.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose layers.
    """

    def peak(rates: Array) -> float:
        return abs(rates.argmax() / (len(rates) - 1) - 0.5)

    return _each(evidence, network, "output_rate", peak)


@statistic
def exponent_agreement(evidence: Evidence, *, network: str) -> Measurement:
    """Correlation, over layers, of the exponents of hidden distance with those of a linear network.

    Exponents with which final squared hidden distances grow with the distance of the targets; a
    balanced deep linear network has 2 l / (L + 1).

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose layers.
    """
    law = evidence.universality.law(network)
    found = [np.corrcoef(own, law.predicted)[0, 1] for own in law.exponent.T]
    return measured(network, law.seed, np.array(found), null=0.0)


@statistic
def exponent_error(evidence: Evidence, *, network: str) -> Measurement:
    """Mean distance, over layers, of those exponents from those of a linear network.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose layers.
    """
    law = evidence.universality.law(network)
    return measured(network, law.seed, abs(law.exponent.T - law.predicted).mean(axis=1))


@statistic
def half_time_error(evidence: Evidence, *, network: str) -> Measurement:
    """Mean distance of the times in which pairs are half learnt from those of the theory.

    As natural logarithms; the theory has rates that one pair gave.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose pairs.
    """
    law = evidence.universality.law(network)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = abs(np.log(law.half_time / law.predicted_half_time))
    mean = np.ma.masked_invalid(apart).mean(axis=0).filled(np.nan)
    return measured(network, law.seed, mean, "no pair is learnt")


def _each(
    evidence: Evidence,
    network: str,
    of: Literal["error", "hidden_rate", "output_rate"],
    value: Callable[[Array], float],
    null: float | None = None,
) -> Measurement:
    """One value a seed, of what was found at every layer."""
    course, fits = evidence.universality.course(network), evidence.universality.fits(network)
    tables: Array = getattr(fits, of).astype(np.float64)
    whole: NDArray[np.bool_] = np.atleast_1d(np.isfinite(tables).all(axis=1))
    if course.converged.any() and not whole[course.converged].any():
        raise UnavailableError(f"theory is not fitted at all layers of {network}")
    found = [value(table) if known else np.nan for table, known in zip(tables, whole, strict=True)]
    return measured(network, course.seed, where_learnt(np.array(found), course), NOT_LEARNT, null)
