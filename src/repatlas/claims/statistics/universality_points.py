"""What becomes of the distances of several points (van Rossem and Saxe 2024)."""

from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement, Observation, Seed
from repatlas.claims.networks import UnavailableError
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.universality import measured
from repatlas.dynamics.class_means import class_means
from repatlas.dynamics.findings import INPUTS, THEORY
from repatlas.dynamics.geometry import structured
from repatlas.dynamics.results import PairDistances
from repatlas.dynamics.same_target import learnt, same_over_different

UNLEARNT = "its task is not learnt"

Floats = NDArray[np.floating]
AnyValue = TypeVar("AnyValue", bound=np.generic)

Setting = Literal["rich", "lazy", "shallow"]


@statistic
def same_target_ratio(
    evidence: Evidence, *, network: str, setting: Setting, minus: str | None = None
) -> Measurement:
    """Final distance of points with the same target, over that of points with different ones.

    "When Representations Align", exclusive or. Means over pairs of points.

    Parameters
    ----------
    evidence
        Results of the study.
    network, setting
        Whose hidden layer.
    minus
        Network whose mean ratio is subtracted.
    """
    found = _ratios(evidence, network, setting)
    if minus is None:
        return found
    other = _ratios(evidence, minus, setting)
    left_out = (*found.left_out, *other.left_out)
    return Measurement(found.observations, other.observations, null=0.0, left_out=left_out)


@statistic
def distance_agreement(
    evidence: Evidence, *, network: str, setting: Setting, to: Literal["task", "start"]
) -> Measurement:
    """Correlation of final distances with those that task or start would give, over pairs.

    "When Representations Align", exclusive or. The ``task`` gives the root of the product of the
    distances of inputs and of targets, up to one factor.

    Parameters
    ----------
    evidence
        Results of the study.
    network, setting
        Whose hidden layer.
    to
        What the distances are compared with.
    """
    record = evidence.universality.xor(network)
    place = _place(record, network, setting)
    starts = record.start_distance[place]
    task = np.broadcast_to(structured(record), starts.shape)
    others = task if to == "task" else starts
    tables = zip(record.final_distance[place], others, strict=True)
    values = np.array([_correlation(_upper(own), _upper(other)) for own, other in tables])
    return measured(network, record.seed, _learnt(values, record, place), UNLEARNT, null=0.0)


@statistic
def geometry_agreement(
    evidence: Evidence, *, regime: Setting, minus: Setting | None = None
) -> Measurement:
    """Correlation of the final distances of networks with different activations, over pairs.

    One scale factor changes nothing in it. Networks, two by two, are what the bootstrap draws; the
    null is that of points which do not correspond.

    Parameters
    ----------
    evidence
        Results of the study.
    regime
        Setting of both networks.
    minus
        Setting whose mean correlation is subtracted.
    """
    found, null = _agreements(evidence, regime)
    if minus is None:
        return Measurement(found, null=null)
    return Measurement(found, _agreements(evidence, minus)[0], null=0.0)


@statistic
def same_class_ratio(evidence: Evidence, *, network: str) -> Measurement:
    """Mean final distance of images of the same class, over that of images of different ones.

    "When Representations Align", images. The same of their inputs is given as null.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose hidden layer.
    """
    record = evidence.universality.classes(network)
    values = np.array([_within(record, final) for final in record.final_distance[0]])
    null = _within(record, record.input_distance)
    return measured(network, record.seed, values, "it has diverged", null=null)


@statistic
def class_structure_agreement(evidence: Evidence, *, network: str) -> Measurement:
    """Correlation of final distances with those of the rich regime, over pairs of classes.

    "When Representations Align", images. Of means over images of two different classes, so that
    sizes of classes and what is within a class play no part.

    Parameters
    ----------
    evidence
        Results of the study.
    network
        Whose hidden layer.
    """
    record = evidence.universality.classes(network)
    expected = _upper(class_means(structured(record), record.points))
    values = [
        _correlation(_upper(class_means(final, record.points)), expected)
        for final in record.final_distance[0]
    ]
    return measured(network, record.seed, np.array(values), "it has diverged", null=0.0)


def _ratios(evidence: Evidence, network: str, setting: Setting) -> Measurement:
    record = evidence.universality.xor(network)
    place = _place(record, network, setting)
    values = same_over_different(record.final_distance[place], record.target_distance)
    return measured(network, record.seed, _learnt(values, record, place), UNLEARNT)


def _agreements(evidence: Evidence, regime: Setting) -> tuple[tuple[Observation, ...], float]:
    """Correlation of every two networks, and its mean null."""
    record = evidence.universality.geometry()
    networks = [*dict.fromkeys(record.first.tolist())]
    found, nulls = [], []
    for row in np.flatnonzero(record.regime == regime).tolist():
        both = str(record.first[row]), str(record.second[row])
        if both[1] in (INPUTS, THEORY):
            continue
        seeds = tuple(Seed("networks of exclusive or", networks.index(name)) for name in both)
        label = f"{' and '.join(both)}, {regime}"
        value, p = float(record.correlation[row]), float(record.p[row])
        found.append(Observation(value, seeds, label, p))
        nulls.append(record.null_mean[row])
    if not found:
        raise UnavailableError(f"this study compares no networks in the setting {regime}")
    return tuple(found), float(np.mean(nulls))


def _place(record: PairDistances, network: str, setting: str) -> int:
    names = record.setting.tolist()
    if setting not in names:
        raise UnavailableError(f"this study has no {network} in the setting {setting}")
    return int(names.index(setting))


def _learnt(values: Array, record: PairDistances, place: int) -> Array:
    return np.where(learnt(record, place), values, np.nan)


def _within(record: PairDistances, distances: Floats) -> float:
    labels = record.points.ravel()
    same = _upper(labels[:, None] == labels)
    values = _upper(distances)
    return float(values[same].mean() / values[~same].mean())


def _upper(table: NDArray[AnyValue]) -> NDArray[AnyValue]:
    """Values (n (n - 1) / 2,) above the diagonal of an (n, n) table."""
    values: NDArray[AnyValue] = table[np.triu_indices(len(table), k=1)]
    return values


def _correlation(one: Floats, other: Floats) -> float:
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.corrcoef(one, other)[0, 1])
