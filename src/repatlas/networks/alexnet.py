"""AlexNet as "Convergent Learning" (Li et al. 2016) trains it: CaffeNet without groups."""

from collections import OrderedDict

from torch import nn

from repatlas.errors import InputError
from repatlas.networks.mlp import HiddenLayer
from repatlas.networks.stages import Stage

CHANNELS = (96, 256, 384, 384, 256)
UNITS = 4096
"""Units of either hidden layer of the classifier."""

SMALLEST = 64
"""Side in pixels of the smallest images: the 3 x 3 convolutions then see maps of 3 x 3."""


class ConvLayer(nn.Sequential):
    """conv - relu, with a bias: there is no batch-norm."""

    block_output = True

    def __init__(self, inputs: int, outputs: int, size: int, stride: int, padding: int) -> None:
        super().__init__(
            OrderedDict(conv=nn.Conv2d(inputs, outputs, size, stride, padding), relu=nn.ReLU())
        )


def alexnet(width: int, classes: int, input_shape: tuple[int, ...]) -> nn.Module:
    """Five convolutions and three linear layers for images (b, *input_shape); logits (b, classes).

    As Caffe's reference network: the first convolution is not padded (227 x 227 pixels give maps
    of 55 x 55 and 6 x 6 before the classifier, 224 x 224 give 54 x 54 and 6 x 6), poolings overlap
    and keep a last incomplete window, and normalisation over channels comes after pooling. Every
    channel is connected to all channels of the layer before.

    Parameters
    ----------
    width
        Multiple of the paper's 96, 256, 384, 384 and 256 channels and 4096 units. There is no
        smaller one: a `convnet` is the small plain network.
    input_shape
        (channels, height, width), 64 pixels or more.

    Raises
    ------
    InputError
        Smaller images.
    """
    channels, *sides = input_shape
    if min(sides) < SMALLEST:
        shape = "x".join(str(side) for side in sides)
        raise InputError(
            f"images of {shape}: an alexnet needs {SMALLEST}x{SMALLEST} or more; give the data "
            f"`size: {SMALLEST}`, or take a convnet"
        )
    first, second, third, fourth, fifth = (width * count for count in CHANNELS)
    features = width * CHANNELS[-1] * _last_side(sides[0]) * _last_side(sides[1])
    stages = {
        "stage1": Stage(1, {"conv1": ConvLayer(channels, first, 11, 4, 0)} | _pooled("1")),
        "stage2": Stage(2, {"conv2": ConvLayer(first, second, 5, 1, 2)} | _pooled("2")),
        "stage3": Stage(
            3,
            {
                "conv3": ConvLayer(second, third, 3, 1, 1),
                "conv4": ConvLayer(third, fourth, 3, 1, 1),
                "conv5": ConvLayer(fourth, fifth, 3, 1, 1),
                "pool5": _pool(),
            },
        ),
    }
    classifier = {
        "flatten": nn.Flatten(),
        "fc6": HiddenLayer(features, UNITS * width),
        "dropout6": nn.Dropout(0.5),
        "fc7": HiddenLayer(UNITS * width, UNITS * width),
        "dropout7": nn.Dropout(0.5),
        "linear": nn.Linear(UNITS * width, classes),
    }
    return nn.Sequential(OrderedDict(stages, **classifier))


def _pooled(number: str) -> dict[str, nn.Module]:
    # Caffe and PyTorch both divide alpha by the number of channels that are summed.
    return {
        f"pool{number}": _pool(),
        f"norm{number}": nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=1.0),
    }


def _pool() -> nn.Module:
    return nn.MaxPool2d(3, stride=2, ceil_mode=True)


def _last_side(side: int) -> int:
    """Side of the maps before the classifier for images of some side."""
    side = (side - 11) // 4 + 1
    for _ in range(3):
        side = side // 2  # ceil((side - 3) / 2) + 1
    return side
