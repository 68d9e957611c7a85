"""What networks get right: accuracy, dominant images, classes (claims A11, B6; section 10.1 g)."""

import itertools
from typing import Literal

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement, Observation
from repatlas.claims.networks import Network
from repatlas.claims.null import exchange_test
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import contrast, other_cell, pair_observation
from repatlas.claims.statistics.dominant import FRACTION, dominant_rows

Score = Literal["accuracy", "loss"]


@statistic
def final_accuracy(evidence: Evidence, *, role: Role, minus: Role | None = None) -> Measurement:
    """Accuracy of the trained network on its whole test set, 0 to 1.

    "On the Origins of the Block Structure Phenomenon", Table G.1.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    minus
        A cell whose accuracy is subtracted.
    """
    return contrast(evidence, role, minus, lambda network: network.compared.test_accuracy)


@statistic
def dominant_score(
    evidence: Evidence, *, role: Role, of: Score, fraction: float = FRACTION
) -> Measurement:
    """Accuracy or loss on the dominant images, less that on the other probe images.

    Beyond "On the Origins of the Block Structure Phenomenon". Dominant at the middle layer of the
    block.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    of
        ``accuracy``, 0 to 1, or ``loss``: cross-entropy in nats.
    fraction
        Fraction of the images that are called dominant.
    """

    def value(network: Network) -> float:
        rows = dominant_rows(network, fraction)
        outputs = network.outputs
        scores = outputs.correct if of == "accuracy" else outputs.loss
        return float(scores[rows].mean() - np.delete(scores, rows).mean())

    return contrast(evidence, role, None, value)


@statistic
def class_accuracy_distance(evidence: Evidence, *, role: Role, minus: Role) -> Measurement:
    """Distance of class accuracies between networks of two cells, less that within the cells.

    "Do Wide and Deep Networks Learn the Same Things?", Fig 7. Accuracies of the classes, less their
    mean, so that a network that is better throughout is not another one; the distance is the mean
    absolute difference. The null exchanges networks between the two cells.

    Parameters
    ----------
    evidence
        Results of the study.
    role, minus
        The two cells.
    """
    first, second = evidence.cell(role), other_cell(evidence, role, minus)
    networks = [*first.networks, *second.networks]
    if not first.networks or not second.networks:
        return Measurement((), ())
    profiles = np.stack([_profile(network) for network in networks])
    distances = np.abs(profiles[:, None] - profiles).mean(axis=2)
    split = len(first.networks)
    between: list[Observation] = []
    within: list[Observation] = []
    for i, j in itertools.combinations(range(len(networks)), 2):
        side = between if i < split <= j else within
        side.append(pair_observation(networks[i], networks[j], float(distances[i, j])))
    generator = np.random.default_rng(evidence.spec.seed)
    return Measurement(
        tuple(between),
        tuple(within),
        null=0.0,
        p=exchange_test(distances, split, evidence.spec.permutations, generator),
    )


def _profile(network: Network) -> Array:
    """(c,) accuracy of each class, less their mean."""
    outputs = network.outputs
    correct, labels = outputs.correct, outputs.labels
    accuracies = np.array([correct[labels == label].mean() for label in np.unique(labels)])
    profile: Array = accuracies - accuracies.mean()
    return profile
