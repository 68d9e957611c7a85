"""Stochastic gradient descent, and its momentum by the names of the parameters."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from repatlas.errors import InputError
from repatlas.training.spec import TrainingSpec


def build_optimiser(model: nn.Module, spec: TrainingSpec) -> torch.optim.SGD:
    """SGD over the trainable parameters; only those of two dimensions or more are decayed.

    Those of one dimension are biases and the parameters of batch normalisation.

    Raises
    ------
    InputError
        No parameter is trainable.
    """
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not trainable:
        raise InputError("the network has no trainable parameters: take it as it is (epochs: 0)")
    decayed = [parameter for parameter in trainable if parameter.dim() > 1]
    other = [parameter for parameter in trainable if parameter.dim() <= 1]
    return torch.optim.SGD(
        [
            {"params": decayed, "weight_decay": spec.weight_decay},
            {"params": other, "weight_decay": 0.0},
        ],
        lr=spec.learning_rate,
        momentum=spec.momentum,
        nesterov=spec.nesterov,
        fused=all(_plain_layout(parameter) for parameter in trainable),
    )


def _plain_layout(parameter: Tensor) -> bool:
    """Whether a parameter may be updated by the fused kernel.

    On a CPU that kernel takes parameter, gradient and momentum to lie alike in memory and does not
    check it; autograd grants it for these layouts.
    """
    if parameter.is_contiguous():
        return True
    return parameter.dim() == 4 and parameter.is_contiguous(memory_format=torch.channels_last)


def set_learning_rate(optimiser: torch.optim.SGD, rate: float) -> None:
    """Set the learning rate of all parameters."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def momentum(optimiser: torch.optim.SGD, model: nn.Module) -> dict[str, Tensor]:
    """Momentum buffers by the names of their parameters; none before the first step."""
    buffers = {}
    for name, parameter in model.named_parameters():
        buffer = optimiser.state.get(parameter, {}).get("momentum_buffer")
        if buffer is not None:
            buffers[name] = buffer
    return buffers


def restore_momentum(
    optimiser: torch.optim.SGD, model: nn.Module, buffers: Mapping[str, Tensor]
) -> None:
    """Put momentum buffers back, in the memory layout of their parameters."""
    for name, parameter in model.named_parameters():
        if name in buffers:
            buffer = torch.empty_like(parameter, requires_grad=False).copy_(buffers[name])
            optimiser.state[parameter]["momentum_buffer"] = buffer
