"""The frame of the CIFAR networks: stem, three stages of n blocks, head.

No operation works in place, so that every output stays what it was: in-place rectifiers were
measured to save 5 % of a training step in float32 and nothing in bfloat16 (ResNet-14, one core).
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping

from torch import nn

from repatlas.networks.operations import convolution
from repatlas.networks.spec import blocks_per_stage

BASE_CHANNELS = 16


class Stage(nn.Sequential):
    """Modules one after the other; ``stage`` holds for every layer inside."""

    def __init__(self, stage: int, modules: Mapping[str, nn.Module]) -> None:
        super().__init__(OrderedDict(modules))
        self.stage = stage


class Stem(Stage):
    """conv - bn - relu before the first block, at the resolution of stage 1 and counted to it."""

    block_output = True

    def __init__(self, inputs: int, outputs: int) -> None:
        modules = {
            "conv": convolution(inputs, outputs),
            "bn": nn.BatchNorm2d(outputs),
            "relu": nn.ReLU(),
        }
        super().__init__(1, modules)


def three_stages(
    depth: int, width: int, block: Callable[[int, int, int], nn.Module]
) -> dict[str, nn.Module]:
    """Three stages of (depth - 2) / 6 blocks with 16k, 32k and 64k channels for width k.

    Parameters
    ----------
    block
        Called with (channels in, channels out, stride); the first block of stages 2 and 3 has
        stride 2.
    """
    stages: dict[str, nn.Module] = {}
    inputs = BASE_CHANNELS * width
    for stage in (1, 2, 3):
        outputs = BASE_CHANNELS * width * 2 ** (stage - 1)
        blocks = {}
        for number in range(1, blocks_per_stage(depth) + 1):
            blocks[f"block{number}"] = block(inputs, outputs, 2 if inputs != outputs else 1)
            inputs = outputs
        stages[f"stage{stage}"] = Stage(stage, blocks)
    return stages


def head(inputs: int, classes: int) -> dict[str, nn.Module]:
    """Global average pooling, so that maps of any size fit, and the linear classifier."""
    return {
        "pool": nn.AdaptiveAvgPool2d(1),
        "flatten": nn.Flatten(),
        "linear": nn.Linear(inputs, classes),
    }
