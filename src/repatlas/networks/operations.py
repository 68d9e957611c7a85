"""Operations of the networks as modules of their own, so that each output can be looked at."""

import math

import torch
from torch import Tensor, nn

TRUNCATED_NORMAL_SD = 0.87962566103423978
"""Standard deviation of a standard normal distribution cut at -2 and 2."""


class Add(nn.Module):
    """Sum of two tensors of one shape."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Add two tensors of any one shape."""
        return first + second


class Concatenate(nn.Module):
    """Two tensors side by side in channels."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """(b, c, h, w) and (b, d, h, w) to (b, c + d, h, w)."""
        return torch.cat([first, second], dim=1)


def convolution(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> nn.Conv2d:
    """Zero-padded convolution without bias: the batch-norm it runs into has one."""
    return nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False)


@torch.no_grad()
def he_normal(network: nn.Module, generator: torch.Generator) -> None:
    """Initialise convolutions and linear layers as Keras' ``he_normal`` does.

    Weights are normal with variance 2 / fan_in (He et al. 2015), cut at two standard deviations
    of the uncut distribution; biases are 0. Batch-norm keeps scale 1 and shift 0.

    Parameters
    ----------
    network
        Its modules are initialised in their order.
    generator
        The only source of randomness; it is advanced.
    """
    for module in network.modules():
        if not isinstance(module, nn.Conv2d | nn.Linear):
            continue
        fan_in = module.weight[0].numel()
        sd = math.sqrt(2 / fan_in) / TRUNCATED_NORMAL_SD
        nn.init.trunc_normal_(module.weight, std=sd, a=-2 * sd, b=2 * sd, generator=generator)
        if module.bias is not None:
            module.bias.zero_()
