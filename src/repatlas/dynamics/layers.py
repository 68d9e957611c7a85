"""Layers of many networks side by side, as products of batches of matrices.

The first dimension of every tensor counts the replicas. Weights are drawn by a source of random
numbers for each replica.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from torch import Tensor

Sources = Sequence[np.random.Generator]


@dataclass(frozen=True, eq=False)
class BatchLayer(ABC):
    """One layer of R networks.

    Attributes
    ----------
    weight, bias
        (R, p, q) and (R, 1, q).
    """

    weight: Tensor
    bias: Tensor

    @abstractmethod
    def __call__(self, below: Tensor) -> Tensor:
        """What stands above (R, n, p), before the activation."""

    def trainable(self, device: torch.device) -> Self:
        """The layer on a device, with gradients."""
        return self._changed(lambda part: part.to(device))

    def kept(self, places: Tensor) -> Self:
        """The layer of the replicas whose place (R,) is True, with gradients."""
        return self._changed(lambda part: part[places.to(part.device)])

    def _changed(self, change: Callable[[Tensor], Tensor]) -> Self:
        weight, bias = (change(part).detach() for part in (self.weight, self.bias))
        return replace(self, weight=weight.requires_grad_(), bias=bias.requires_grad_())


@dataclass(frozen=True, eq=False)
class Dense(BatchLayer):
    """Dense layers."""

    @classmethod
    def drawn(cls, inputs: int, outputs: int, gain: float, sources: Sources) -> "Dense":
        """Weights of Xavier normal times a gain, biases 0."""
        deviation = gain * np.sqrt(2.0 / (inputs + outputs))
        return cls(*_drawn((inputs, outputs), deviation, sources))

    def __call__(self, below: Tensor) -> Tensor:
        """(R, n, q) of (R, n, p)."""
        return torch.baddbmm(self.bias, below, self.weight)


@dataclass(frozen=True, eq=False)
class Convolution(BatchLayer):
    """1-D convolutions without padding; a map is a row of positions, channels fastest.

    Attributes
    ----------
    weight, bias
        (R, k c, q) and (R, 1, q), for kernels of length k, c channels below and q above.
    channels
        c.
    """

    channels: int

    @classmethod
    def drawn(
        cls, channels: int, outputs: int, kernel: int, gain: float, sources: Sources
    ) -> "Convolution":
        """Weights of Xavier normal times a gain, biases 0."""
        deviation = gain * np.sqrt(2.0 / (kernel * (channels + outputs)))
        return cls(*_drawn((kernel * channels, outputs), deviation, sources), channels)

    def __call__(self, below: Tensor) -> Tensor:
        """(R, n, (m - k + 1) q) of (R, n, m c)."""
        replicas, count = below.shape[:2]
        # A window is a stretch of the row: positions are its slower part.
        windows = below.unfold(2, self.weight.shape[1], self.channels)
        rows = windows.reshape(replicas, -1, self.weight.shape[1])
        return torch.baddbmm(self.bias, rows, self.weight).view(replicas, count, -1)


def _drawn(shape: tuple[int, int], deviation: float, sources: Sources) -> tuple[Tensor, Tensor]:
    drawn = [source.standard_normal(shape, dtype=np.float32) for source in sources]
    weight = torch.from_numpy(np.stack(drawn) * np.float32(deviation))
    return weight, torch.zeros(len(drawn), 1, shape[1])
