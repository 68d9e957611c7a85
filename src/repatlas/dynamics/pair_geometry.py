"""Two points in many networks: distances layer by layer, and how straight the map above them is."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import Networks


@dataclass(frozen=True, eq=False)
class PairGeometry:
    """What R networks make of a pair each.

    Attributes
    ----------
    networks
        The networks.
    pair
        Inputs and targets of the two points of each.
    hidden
        Hidden layers (R, 2, p), by depth.
    outputs
        (R, 2, k).
    """

    networks: Networks
    pair: Lessons
    hidden: Sequence[Tensor]
    outputs: Tensor

    @classmethod
    def of(cls, networks: Networks, pair: Lessons) -> "PairGeometry":
        """Look at a pair with nothing dropped."""
        hidden = networks.hidden(pair.inputs)
        return cls(networks, pair, hidden, networks.readout(hidden[-1]))

    @property
    def hidden_squares(self) -> Tensor:
        """(R, L) ``|dh|^2`` of every hidden layer."""
        return torch.stack([square(difference(layer)) for layer in self.hidden], dim=1)

    @property
    def output_square(self) -> Tensor:
        """(R,) ``|dy|^2``."""
        return square(difference(self.outputs))

    @property
    def misalignment(self) -> Tensor:
        """(R,) ``|dy|^2 - dy.dy*``."""
        across = difference(self.outputs) * difference(self.pair.targets)
        return self.output_square - across.sum(dim=1)

    @property
    def mean_error(self) -> Tensor:
        """(R,) squared distance of the mean output from the mean target."""
        return square((self.outputs - self.pair.targets).mean(dim=1))

    @property
    def curvature(self) -> Tensor:
        """(R, L) size of the even over the odd part of the map from a hidden layer to the outputs.

        About the middle of the two points: ``|y1 + y2 - 2 y(middle)| / |y2 - y1|``. Theory takes
        the map as linear, of which the even part is 0.
        """
        even = self.outputs.sum(dim=1, keepdim=True) - 2 * self._outputs_of(self._middles())
        return (square(even) / self.output_square[:, None]).sqrt()

    @torch.enable_grad()
    def decoder_squares(self) -> Tensor:
        """(R, L) squared norm of the Jacobian of the outputs by each hidden layer, in the middle.

        Behind a skip connection, with what passes by the layer held fixed.
        """
        middles = [middle.detach().requires_grad_() for middle in self._middles()]
        outputs = self._outputs_of(middles)
        slopes = [
            torch.autograd.grad(outputs[..., unit].sum(), middles, retain_graph=True)
            for unit in range(outputs.shape[2])
        ]
        layers = [torch.stack(of_layer) for of_layer in zip(*slopes, strict=True)]
        return torch.stack([square(layer).sum(dim=(0, 2)) for layer in layers], dim=1)

    def _middles(self) -> list[Tensor]:
        return [middle(layer) for layer in self.hidden]

    def _outputs_of(self, middles: Sequence[Tensor]) -> Tensor:
        """Outputs (R, L, k) that come of a point (R, 1, p) in each hidden layer."""
        below, beneath = middles[0], None
        for number, start in enumerate(middles[1:], 1):
            above = self.networks.next_layer(number, below, beneath)
            beneath = torch.cat([below, middle(self.hidden[number - 1])], dim=1)
            below = torch.cat([above, start], dim=1)
        return self.networks.readout(below)


def difference(points: Tensor) -> Tensor:
    """(R, p) from the first to the second of two points (R, 2, p)."""
    return points[:, 1] - points[:, 0]


def middle(points: Tensor) -> Tensor:
    """(R, 1, p) between two points (R, 2, p)."""
    return points.mean(dim=1, keepdim=True)


def square(vectors: Tensor) -> Tensor:
    """(...,) squared norms of vectors (..., p)."""
    return vectors.square().sum(dim=-1)
