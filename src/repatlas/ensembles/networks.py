"""Two-layer networks side by side, as products of batches of matrices."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from repatlas.ensembles.spec import Activation, EnsembleSpec, Loss


@dataclass(frozen=True, eq=False)
class Networks:
    """B networks ``x -> f(x W1) W2`` without biases.

    Attributes
    ----------
    first, second
        (B, d, h) and (B, h, k).
    activation
        f: linear or relu.
    """

    first: Tensor
    second: Tensor
    activation: Activation

    def hidden(self, inputs: Tensor) -> Tensor:
        """(B, n, h) hidden layers on inputs (B, n, d)."""
        hidden = inputs @ self.first
        return hidden.relu_() if self.activation == "relu" else hidden

    def outputs(self, hidden: Tensor) -> Tensor:
        """(B, n, k) outputs, from hidden layers."""
        return hidden @ self.second


def initial_networks(
    spec: EnsembleSpec, inputs: int, outputs: int, draw: int, device: torch.device
) -> Networks:
    """Networks of one draw before their first step, members first, then those of shuffled labels.

    Weights do not depend on noise or samples: what differs between settings is not chance in them.

    Parameters
    ----------
    spec
        Width, initialisation, seed.
    inputs, outputs
        Dimensions of the task.
    draw
        Number of the draw.
    device
        Where they are to be.

    Returns
    -------
    Networks
        Of scale 1: entries of variance 1 / d and 1 / h.
    """
    generator = np.random.default_rng([spec.seed, draw, 1])
    count = spec.members + spec.shuffled
    own = 1 if spec.initialisation == "shared" else count
    layers = []
    for rows, columns in ((inputs, spec.width), (spec.width, outputs)):
        weights = generator.standard_normal((own, rows, columns)) / np.sqrt(rows)
        repeated = np.broadcast_to(weights, (count, rows, columns)).astype(np.float32)
        layers.append(torch.from_numpy(repeated).to(device))
    return Networks(layers[0], layers[1], spec.activation)


def predictions(outputs: Tensor, loss: Loss) -> Tensor:
    """What outputs (..., k) say: themselves, or probabilities where they are logits."""
    return outputs.softmax(dim=-1) if loss == "cross_entropy" else outputs
