"""What becomes of a feature that a context makes useless (van Rossem and Saxe 2024)."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import UnavailableError
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.universality import measured
from repatlas.dynamics.results import Embedding

LEARNT = 0.01
"""Largest final loss that counts as learnt: a twentieth of that of a network that says the mean."""


class _Directions(NamedTuple):
    """Directions (2, p) in which a layer moves with a feature, in either context."""

    asked: Array
    useless: Array


@statistic
def useless_feature(evidence: Evidence, *, setting: str) -> Measurement:
    """How far the hidden layer moves with the feature not asked for, over that asked for.

    "When Representations Align", context task. Norms of linear regressions, mean over contexts.

    Parameters
    ----------
    evidence
        Results of the study.
    setting
        Name of the setting.
    """

    def share(found: _Directions) -> float:
        norms = [np.linalg.norm(part, axis=1) for part in found]
        return float(np.mean(norms[1] / norms[0]))

    return _each(evidence, setting, share, null=1.0)


@statistic
def context_cosine(evidence: Evidence, *, setting: str) -> Measurement:
    """Absolute cosine of the directions in which the asked feature lies in the two contexts.

    "When Representations Align", context task: 0 if tasks are orthogonal, 1 if they share an axis.

    Parameters
    ----------
    evidence
        Results of the study.
    setting
        Name of the setting.
    """

    def cosine(found: _Directions) -> float:
        one, other = found.asked / np.linalg.norm(found.asked, axis=1, keepdims=True)
        return float(abs(one @ other))

    return _each(evidence, setting, cosine)


def _each(
    evidence: Evidence,
    setting: str,
    value: Callable[[_Directions], float],
    null: float | None = None,
) -> Measurement:
    record = evidence.universality.context()
    rows = np.flatnonzero(record.setting == setting)
    if len(rows) == 0:
        raise UnavailableError(f"this study has no networks in the setting {setting}")
    learnt = record.loss[rows] <= LEARNT
    found = [
        value(_directions(record, row)) if known else np.nan
        for row, known in zip(rows.tolist(), learnt, strict=True)
    ]
    return measured(setting, record.seed[rows], np.array(found), "the task is not learnt", null)


def _directions(record: Embedding, row: int) -> _Directions:
    """Regressions of the activations of a network on both features, within each context."""
    features = np.stack([record.first, record.second], axis=1)
    slopes = []
    for context in (0, 1):
        rows = record.context == context
        own = features[rows] - features[rows].mean(axis=0)
        hidden = record.hidden[row][rows].astype(np.float64)
        slopes.append(np.linalg.lstsq(own, hidden - hidden.mean(axis=0))[0])
    table = np.stack(slopes)
    contexts = np.arange(2)
    return _Directions(table[contexts, contexts], table[contexts, 1 - contexts])
