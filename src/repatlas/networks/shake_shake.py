"""Shake-Shake: residual blocks whose two branches are mixed at random (Gastaldi 2017).

The variant of Nguyen, Raghu and Kornblith 2022: per-image weights r1 / (r1 + r2), drawn afresh
for the backward pass, and 1/2 each at evaluation; batch-norm without a learned scale. Theirs has
momentum 0.001 in torch's terms and epsilon 1e-3; here they are torch's 0.1 and 1e-5, because
0.001 needs thousands of steps before the running statistics fit the weights. The projection has
no batch-norm of its own unless it is asked for (Gastaldi's has one).
"""

from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor, nn

from repatlas.networks.operations import Add, Concatenate, convolution
from repatlas.networks.stages import BASE_CHANNELS, Stem, head, three_stages


class Shake(nn.Module):
    """Random convex mixture of two tensors; their mean at evaluation.

    The noise comes from a generator of its own, on the device of the input, that `seed_noise`
    seeds (0 until then); nothing else is drawn from it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seed = 0
        self.generator: torch.Generator | None = None

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Two (b, c, h, w) to one."""
        if not self.training:
            return (first + second) / 2
        weights = self._weights(first)
        out: Tensor = _Mix.apply(first, second, weights[0], weights[1])
        return out

    def _weights(self, like: Tensor) -> Tensor:
        """Weights of the first tensor, (2, b, 1, 1, 1): forward and backward."""
        if self.generator is None or self.generator.device != like.device:
            self.generator = torch.Generator(like.device).manual_seed(self.seed)
        uniform = torch.rand(2, 2, len(like), 1, 1, 1, generator=self.generator, device=like.device)
        # rand() may give 0 but never 1: 1 - rand() keeps the sum away from 0.
        r1, r2 = 1 - uniform
        return (r1 / (r1 + r2)).to(like.dtype)


class _Mix(torch.autograd.Function):
    """Mixture with one weight forward and another backward."""

    @staticmethod
    def forward(
        ctx: Any,
        first: Tensor,
        second: Tensor,
        forward_weight: Tensor,
        backward_weight: Tensor,
    ) -> Tensor:
        ctx.save_for_backward(backward_weight)
        return torch.lerp(second, first, forward_weight)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        (weight,) = ctx.saved_tensors
        return gradient * weight, gradient * (1 - weight), None, None


def seed_noise(network: nn.Module, seed: int) -> None:
    """Seed every source of noise in a network; a network without any is left as it is.

    Called with one seed per epoch (or step), derived from the data-order seed and the epoch's
    number, it makes a resumed training repeat the same noise.
    """
    shakes = [module for module in network.modules() if isinstance(module, Shake)]
    seeds = torch.randint(2**62, (len(shakes),), generator=torch.Generator().manual_seed(seed))
    for shake, own_seed in zip(shakes, seeds.tolist(), strict=True):
        shake.seed = own_seed
        shake.generator = None


class Shift(nn.Module):
    """Move a map one pixel up and left, with zeros entering below and on the right."""

    def forward(self, x: Tensor) -> Tensor:
        """(b, c, h, w) to the same."""
        return nn.functional.pad(x[:, :, 1:, 1:], (0, 1, 0, 1))


class ShiftedProjection(nn.Module):
    """Two half-width projections of a strided map, the second shifted by a pixel, concatenated."""

    def __init__(self, inputs: int, outputs: int, stride: int, batch_norm: bool) -> None:
        super().__init__()
        self.pool1 = nn.AvgPool2d(1, stride)
        self.conv1 = convolution(inputs, outputs // 2, size=1)
        self.shift = Shift()
        self.pool2 = nn.AvgPool2d(1, stride)
        self.conv2 = convolution(inputs, outputs - outputs // 2, size=1)
        self.concatenate = Concatenate()
        self.bn = nn.BatchNorm2d(outputs) if batch_norm else None

    def forward(self, x: Tensor) -> Tensor:
        """(b, inputs, h, w) to (b, outputs, h/stride, w/stride)."""
        first = self.conv1(self.pool1(x))
        second = self.conv2(self.pool2(self.shift(x)))
        out: Tensor = self.concatenate(first, second)
        return out if self.bn is None else self.bn(out)


class Branch(nn.Sequential):
    """relu - conv - bn - relu - conv - bn."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__(
            OrderedDict(
                relu1=nn.ReLU(),
                conv1=convolution(inputs, outputs, stride=stride),
                bn1=_unscaled_batch_norm(outputs),
                relu2=nn.ReLU(),
                conv2=convolution(outputs, outputs),
                bn2=_unscaled_batch_norm(outputs),
            )
        )


def _unscaled_batch_norm(channels: int) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels)
    norm.weight.requires_grad_(False)
    return norm


class ShakeShakeBlock(nn.Module):
    """Two branches mixed by `Shake`, added to the skip connection."""

    block_output = True

    def __init__(
        self, inputs: int, outputs: int, stride: int, shortcut_batch_norm: bool = False
    ) -> None:
        super().__init__()
        self.branch1 = Branch(inputs, outputs, stride)
        self.branch2 = Branch(inputs, outputs, stride)
        self.shake = Shake()
        self.shortcut: nn.Module | None = None
        if stride != 1 or inputs != outputs:
            self.shortcut = ShiftedProjection(inputs, outputs, stride, shortcut_batch_norm)
        self.add = Add()

    def forward(self, x: Tensor) -> Tensor:
        """(b, inputs, h, w) to (b, outputs, h/stride, w/stride)."""
        mixed = self.shake(self.branch1(x), self.branch2(x))
        skip = x if self.shortcut is None else self.shortcut(x)
        out: Tensor = self.add(mixed, skip)
        return out


def shake_shake(
    depth: int, width: int, classes: int, channels: int = 3, shortcut_batch_norm: bool = False
) -> nn.Module:
    """Shake-Shake network for images of any size (b, channels, h, w); logits (b, classes).

    Parameters
    ----------
    depth
        6n + 2.
    width
        Multiple k of the 16, 32 and 64 channels of the three stages.
    shortcut_batch_norm
        Batch-norm after the concatenation of the two projections.
    """

    def block(inputs: int, outputs: int, stride: int) -> nn.Module:
        return ShakeShakeBlock(inputs, outputs, stride, shortcut_batch_norm)

    modules = {
        "stem": Stem(channels, BASE_CHANNELS * width),
        **three_stages(depth, width, block),
        "relu": nn.ReLU(),
        **head(4 * BASE_CHANNELS * width, classes),
    }
    return nn.Sequential(OrderedDict(modules))
