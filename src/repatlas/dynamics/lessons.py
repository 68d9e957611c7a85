"""Examples that networks learn from, and their loss on them."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Lessons:
    """Examples of R networks.

    Attributes
    ----------
    inputs, targets
        (R, n, d) and (R, n, k).
    """

    inputs: Tensor
    targets: Tensor

    @classmethod
    def of(cls, inputs: ArrayLike, targets: ArrayLike, device: torch.device) -> "Lessons":
        """Examples (R, n, d) and (R, n, k) of each network, as float32."""
        parts = (np.ascontiguousarray(part, dtype=np.float32) for part in (inputs, targets))
        return cls(*(torch.from_numpy(part).to(device) for part in parts))

    @classmethod
    def shared(
        cls, inputs: ArrayLike, targets: ArrayLike, count: int, device: torch.device
    ) -> "Lessons":
        """The same examples (n, d) and (n, k) for so many networks, held once."""
        one = cls.of(np.asarray(inputs)[None], np.asarray(targets)[None], device)
        return cls(one.inputs.expand(count, -1, -1), one.targets.expand(count, -1, -1))

    @property
    def count(self) -> int:
        """Examples of a network, n."""
        return self.inputs.shape[1]

    def of_replicas(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> "Lessons":
        """Examples of some of the networks."""
        chosen = torch.from_numpy(np.arange(len(self.inputs))[rows])
        if self.inputs.stride(0) == 0:
            return Lessons(self.inputs[: len(chosen)], self.targets[: len(chosen)])
        return Lessons(self.inputs[chosen], self.targets[chosen])

    def take(self, examples: Tensor) -> "Lessons":
        """Examples (R, b) of each network, by their numbers."""
        replicas = torch.arange(len(examples), device=examples.device)[:, None]
        return Lessons(self.inputs[replicas, examples], self.targets[replicas, examples])

    def losses(self, outputs: Tensor) -> Tensor:
        """Half the squared error of outputs (R, n, k), summed over k, mean over n: (R,)."""
        return (outputs - self.targets).square().sum(dim=2).mean(dim=1) / 2
