"""A small plain convolutional network: no skip connections, average pooling between stages."""

from collections import OrderedDict

from torch import nn

from repatlas.networks.operations import convolution
from repatlas.networks.stages import BASE_CHANNELS, Stage, head

STAGES = 3


class ConvBlock(nn.Sequential):
    """conv - bn - relu."""

    block_output = True

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(
            OrderedDict(
                conv=convolution(inputs, outputs),
                bn=nn.BatchNorm2d(outputs),
                relu=nn.ReLU(),
            )
        )


def convnet(depth: int, width: int, classes: int, channels: int = 3) -> nn.Module:
    """Plain network for images (b, channels, h, w) of 4 x 4 pixels or more; logits (b, classes).

    The convolutions are split as evenly as possible over three stages with 16k, 32k and 64k
    channels (fewer stages below depth 3, early stages first); each stage after the first begins
    by halving the resolution.

    Parameters
    ----------
    depth
        Number of convolutions, each followed by batch-norm and a rectifier.
    width
        Multiple k of the channels.
    """
    modules: dict[str, nn.Module] = {}
    inputs = channels
    for stage in range(1, min(depth, STAGES) + 1):
        outputs = BASE_CHANNELS * width * 2 ** (stage - 1)
        inside: dict[str, nn.Module] = {} if stage == 1 else {"pool": nn.AvgPool2d(2)}
        for number in range(1, (depth + STAGES - stage) // STAGES + 1):
            inside[f"block{number}"] = ConvBlock(inputs, outputs)
            inputs = outputs
        modules[f"stage{stage}"] = Stage(stage, inside)
    return nn.Sequential(OrderedDict(modules, **head(inputs, classes)))
