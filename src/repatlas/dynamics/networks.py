"""Deep networks of one architecture side by side: what they compute, from inputs or from halfway.

The first dimension of every tensor counts the replicas, which know nothing of each other.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from repatlas.dynamics.layers import BatchLayer, Convolution, Dense, Sources
from repatlas.dynamics.replicas import Replica, generators
from repatlas.dynamics.spec import Activation, LearnerSpec

ACTIVATIONS: dict[Activation, Callable[[Tensor], Tensor]] = {
    "leaky_relu": F.leaky_relu,
    "relu": F.relu,
    "tanh": torch.tanh,
    "elu": F.elu,
    "silu": F.silu,
    "none": lambda values: values,
}

Masks = Sequence[Tensor]
"""Factors (R, n, p) of what goes into each layer and into the readout."""


class Networks:
    """R networks; their weights are trained in place.

    Parameters
    ----------
    spec
        Architecture and initial weights.
    inputs, outputs
        Dimensions of the task.
    replicas
        The networks, each with random numbers of its own.
    device
        Where they are to be.
    """

    def __init__(
        self,
        spec: LearnerSpec,
        inputs: int,
        outputs: int,
        replicas: Sequence[Replica],
        device: torch.device,
    ) -> None:
        self.spec = spec
        drawn = _layers(spec, inputs, outputs, generators(replicas, "weights"))
        self.layers = [layer.trainable(device) for layer in drawn]
        self._activate = ACTIVATIONS[spec.activation]

    @property
    def parameters(self) -> list[Tensor]:
        """Weights and biases of all layers, input to output."""
        return [part for layer in self.layers for part in (layer.weight, layer.bias)]

    def hidden(self, inputs: Tensor, masks: Masks | None = None) -> list[Tensor]:
        """Hidden layers (R, n, p) after their activations, by depth.

        Parameters
        ----------
        inputs
            (R, n, d).
        masks
            Dropout, where the networks learn; None where they are looked at.
        """
        found: list[Tensor] = []
        for number in range(self.spec.hidden_layers):
            below = found[-1] if found else inputs
            beneath = found[-2] if number > 1 else None
            found.append(self.next_layer(number, _masked(below, masks, number), beneath))
        return found

    def outputs(self, inputs: Tensor, masks: Masks | None = None) -> Tensor:
        """Outputs (R, n, k) from inputs (R, n, d)."""
        return self.readout(self.hidden(inputs, masks)[-1], masks)

    def readout(self, last: Tensor, masks: Masks | None = None) -> Tensor:
        """Outputs (R, n, k) from the last hidden layer (R, n, p)."""
        return self.layers[-1](_masked(last, masks, len(self.layers) - 1))

    def next_layer(self, number: int, below: Tensor, beneath: Tensor | None) -> Tensor:
        """Hidden layer of a number, from the layer below it and the one beneath that.

        Only skip connections look further than one layer down, and only from the third layer on.
        """
        above = self._activate(self.layers[number](below))
        if self.spec.kind == "skip" and number > 1 and beneath is not None:
            return above + beneath
        return above

    def keep(self, places: NDArray[np.bool_]) -> None:
        """Let go of the replicas whose place is False."""
        self.layers = [layer.kept(torch.from_numpy(places)) for layer in self.layers]


def _masked(values: Tensor, masks: Masks | None, number: int) -> Tensor:
    return values if masks is None else values * masks[number]


def _layers(spec: LearnerSpec, inputs: int, outputs: int, sources: Sources) -> Iterator[BatchLayer]:
    yield Dense.drawn(inputs, spec.width, spec.gain, sources)
    last = spec.width
    if spec.kind == "cnn":
        channels = (1, *[spec.channels] * spec.depth, 1)
        for below, above in pairwise(channels):
            yield Convolution.drawn(below, above, spec.kernel, spec.gain, sources)
            last -= spec.kernel - 1
    else:
        for _ in range(spec.depth - 1):
            yield Dense.drawn(spec.width, spec.width, spec.gain, sources)
    yield Dense.drawn(last, outputs, spec.gain, sources)
