"""Full-batch gradient descent with heavy-ball momentum, of many networks at once.

Momentum adds up earlier gradients: as plain descent it leaves the first layer of a linear network
in the span of the inputs, so that from small weights it ends near the minimum-norm solution.
Optimisers that scale every weight on its own, such as Adam, do not.
"""

import torch
from torch import Tensor

from repatlas.ensembles.gradients import gradients_on
from repatlas.ensembles.networks import Networks
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.errors import InputError


def descend(networks: Networks, inputs: Tensor, targets: Tensor, spec: EnsembleSpec) -> Networks:
    """Train each network on its own labels for the steps that a spec gives.

    Networks do not know of each other: trained together or one by one they end the same, up to
    rounding.

    Parameters
    ----------
    networks
        B networks; they are left as they are.
    inputs, targets
        (B, n, d) and (B, n, k).
    spec
        Steps, learning rate, momentum and loss.

    Raises
    ------
    InputError
        Weights that are not finite: the learning rate is too large.
    """
    weights = [networks.first.clone(), networks.second.clone()]
    velocities = [torch.zeros_like(layer) for layer in weights]
    trained = Networks(weights[0], weights[1], networks.activation)
    gradients = gradients_on(inputs, targets, networks, spec.loss)
    for _ in range(spec.steps):
        for layer, velocity, gradient in zip(weights, velocities, gradients(trained), strict=True):
            velocity.mul_(spec.momentum).sub_(gradient, alpha=spec.learning_rate)
            layer.add_(velocity)
    if not all(bool(layer.isfinite().all()) for layer in weights):
        raise InputError(
            f"training on {inputs.shape[1]} samples diverged with learning_rate "
            f"{spec.learning_rate:g} and momentum {spec.momentum:g}: lower one of them"
        )
    return trained
