"""Noticing that training has failed."""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from repatlas.errors import InputError

HOPELESS = 5.0
"""Training counts as diverged when every loss of an epoch exceeds so many times log(classes), the
loss of a network that gives all classes the same probability."""

STEPS_BETWEEN_CHECKS = {"cpu": 1}
"""Elsewhere a check makes the CPU wait for the device."""

DEFAULT_STEPS_BETWEEN_CHECKS = 20


class TrainingDivergedError(InputError):
    """Training failed: the recipe does not suit the network or the data."""


class BadLossError(ArithmeticError):
    """A loss that no training recovers from.

    Attributes
    ----------
    step
        Of the epoch, from 0.
    loss
        As it was.
    """

    def __init__(self, step: int, loss: float) -> None:
        super().__init__(step, loss)
        self.step = step
        self.loss = loss


@dataclass
class LossWatch:
    """The losses of an epoch, looked at every few steps.

    Parameters
    ----------
    steps
        Number of steps of the epoch.
    device
        Where the losses arise.
    """

    steps: int
    device: torch.device
    losses: Tensor = field(init=False)
    count: int = 0
    checked: int = 0

    def __post_init__(self) -> None:
        self.losses = torch.zeros(self.steps, device=self.device)
        self._every = STEPS_BETWEEN_CHECKS.get(self.device.type, DEFAULT_STEPS_BETWEEN_CHECKS)

    def add(self, loss: Tensor) -> None:
        """Note the loss of the next step; now and then, check those since the last check.

        Raises
        ------
        BadLossError
            One of them is infinite or not a number.
        """
        self.losses[self.count] = loss.detach()
        self.count += 1
        if self.count - self.checked >= self._every:
            self.check()

    def check(self) -> None:
        """Check the losses since the last check.

        Raises
        ------
        BadLossError
            One of them is infinite or not a number.
        """
        recent = self.losses[self.checked : self.count]
        bad = (~recent.isfinite()).nonzero()
        if len(bad):
            step = self.checked + int(bad[0])
            raise BadLossError(step, float(self.losses[step]))
        self.checked = self.count

    def finish(self, model: nn.Module, classes: int) -> None:
        """Check the rest of the epoch, the epoch as a whole and the weights it led to.

        Raises
        ------
        BadLossError
            A loss that is not finite; all of them hopelessly high; weights that are not finite.
        """
        self.check()
        lowest = float(self.losses.min())
        if lowest > HOPELESS * math.log(max(classes, 2)):
            raise BadLossError(self.count - 1, float(self.losses[-1]))
        floats = [value for value in model.state_dict().values() if _is_float(value)]
        # A sum of absolute values is finite unless one of them is not.
        sizes = torch.stack([value.abs().sum(dtype=torch.float64) for value in floats])
        if not sizes.isfinite().all():
            raise BadLossError(self.count - 1, math.nan)


def _is_float(value: object) -> bool:
    return torch.is_tensor(value) and value.is_floating_point()
