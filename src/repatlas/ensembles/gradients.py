"""Gradients of the losses of many two-layer networks, by hand: half the kernels of autograd.

The loss of a network is half the squared error, or the cross-entropy, summed over outputs, mean
over its examples.
"""

from collections.abc import Callable

from torch import Tensor

from repatlas.ensembles.networks import Networks, predictions
from repatlas.ensembles.spec import Loss

Gradients = tuple[Tensor, Tensor]
"""With respect to both layers, (B, d, h) and (B, h, k)."""


def gradients_on(
    inputs: Tensor, targets: Tensor, networks: Networks, loss: Loss
) -> Callable[[Networks], Gradients]:
    """Give the function from B networks to their gradients on fixed examples.

    Parameters
    ----------
    inputs, targets
        (B, n, d) and (B, n, k).
    networks
        The kind of network that is to come.
    loss
        Which loss.
    """
    if networks.activation == "linear" and loss == "squared":
        return _of_moments(inputs, targets)
    return lambda now: of_examples(now, inputs, targets, loss)


def of_examples(networks: Networks, inputs: Tensor, targets: Tensor, loss: Loss) -> Gradients:
    """Gradients from every example: any network, any loss."""
    hidden = networks.hidden(inputs)
    residual = predictions(networks.outputs(hidden), loss).sub_(targets).div_(inputs.shape[1])
    backward = residual @ networks.second.mT
    if networks.activation == "relu":
        backward.mul_(hidden > 0)
    return inputs.mT @ backward, hidden.mT @ residual


def _of_moments(inputs: Tensor, targets: Tensor) -> Callable[[Networks], Gradients]:
    """Gradients from X'X and X'Y, which are all that linear networks see of their examples."""
    count = inputs.shape[1]
    covariance = inputs.mT @ inputs / count
    correlation = inputs.mT @ targets / count

    def gradients(networks: Networks) -> Gradients:
        residual = (covariance @ (networks.first @ networks.second)).sub_(correlation)
        return residual @ networks.second.mT, networks.first.mT @ residual

    return gradients
