"""Gradient descent and Adam on tensors whose first dimension counts replicas.

Not those of `torch.optim`: replicas leave on the way and must take their moments with them, and
its first use imports the compiler, which takes longer than many a training here.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.dynamics.spec import LearnerSpec


class GradientDescent:
    """Plain gradient descent.

    Parameters
    ----------
    learning_rate
        Of every parameter.
    """

    def __init__(self, learning_rate: float) -> None:
        self._rate = learning_rate

    def step(self, parameters: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
        """Change the parameters in place."""
        torch._foreach_add_(list(parameters), list(gradients), alpha=-self._rate)

    def keep(self, places: NDArray[np.bool_]) -> None:
        """Let go of the replicas whose place is False."""


class Adam:
    """Adam (Kingma and Ba 2015), with the constants of its authors.

    Parameters
    ----------
    learning_rate
        Of every parameter.
    """

    FIRST, SECOND, EPSILON = 0.9, 0.999, 1e-8

    def __init__(self, learning_rate: float) -> None:
        self._rate = learning_rate
        self._steps = 0
        self._means: list[Tensor] = []
        self._squares: list[Tensor] = []

    def step(self, parameters: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
        """Change the parameters in place."""
        if not self._steps:
            self._means = [torch.zeros_like(gradient) for gradient in gradients]
            self._squares = [torch.zeros_like(gradient) for gradient in gradients]
        self._steps += 1
        rate = self._rate / (1 - self.FIRST**self._steps)
        correction = (1 - self.SECOND**self._steps) ** 0.5
        moments = zip(parameters, gradients, self._means, self._squares, strict=True)
        for parameter, gradient, mean, square in moments:
            mean.lerp_(gradient, 1 - self.FIRST)
            square.mul_(self.SECOND).addcmul_(gradient, gradient, value=1 - self.SECOND)
            parameter.addcdiv_(mean, (square.sqrt() / correction).add_(self.EPSILON), value=-rate)

    def keep(self, places: NDArray[np.bool_]) -> None:
        """Let go of the replicas whose place is False, with their moments."""
        for moments in (self._means, self._squares):
            moments[:] = [moment[torch.from_numpy(places).to(moment.device)] for moment in moments]


def optimiser_of(spec: LearnerSpec) -> GradientDescent | Adam:
    """The optimiser that a spec names."""
    kind = Adam if spec.optimiser == "adam" else GradientDescent
    return kind(spec.learning_rate)
