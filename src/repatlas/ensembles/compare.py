"""How alike members of an ensemble are on held-out inputs, and how well they do there."""

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from repatlas.ensembles.tasks import Task
from repatlas.similarity.cka import cka
from repatlas.similarity.information_imbalance import Neighbourhoods

Floats = NDArray[np.float64]


class Alikeness(NamedTuple):
    """How alike two networks are; attributes as in `repatlas.ensembles.results`."""

    cka: float
    cosine: float
    imbalance: float


@dataclass(frozen=True, eq=False)
class View:
    """What one network makes of held-out inputs.

    Attributes
    ----------
    hidden
        (m, h) its hidden layer.
    outputs
        (m, k) its outputs.
    predictions
        (m, k) what they say: themselves, or probabilities.
    """

    hidden: Floats
    outputs: Floats
    predictions: Floats

    @functools.cached_property
    def neighbourhoods(self) -> Neighbourhoods:
        """Who is near to whom in its hidden layer."""
        return Neighbourhoods.of(self.hidden)

    @functools.cached_property
    def direction(self) -> Floats:
        """Centred outputs of norm 1; NaN where they do not vary."""
        centred = self.outputs - self.outputs.mean(axis=0)
        with np.errstate(invalid="ignore"):
            direction: Floats = centred / np.linalg.norm(centred)
        return direction

    def alikeness(self, other: "View") -> Alikeness:
        """Compare with another network on the same inputs."""
        there, back = self.neighbourhoods, other.neighbourhoods
        return Alikeness(
            cka=cka(self.hidden, other.hidden),
            cosine=float(np.vdot(self.direction, other.direction)),
            imbalance=(there.imbalance(back) + back.imbalance(there)) / 2,
        )

    def error(self, task: Task) -> float:
        """Mean squared error on the labels without noise, over their variance."""
        squares = np.square(self.predictions - task.held_out.targets).sum(axis=1)
        return float(squares.mean() / task.variance)

    def mistakes(self, task: Task) -> float:
        """Share of inputs in a wrong class; NaN without classes."""
        if task.held_out.labels is None:
            return float("nan")
        return float((self.outputs.argmax(axis=1) != task.held_out.labels).mean())
