"""A multilayer perceptron on flattened images."""

import math
from collections import OrderedDict

from torch import nn

from repatlas.networks.stages import Stage

BASE_UNITS = 64


class HiddenLayer(nn.Sequential):
    """linear - relu."""

    block_output = True

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(OrderedDict(linear=nn.Linear(inputs, outputs), relu=nn.ReLU()))


def mlp(depth: int, width: int, classes: int, input_shape: tuple[int, ...]) -> nn.Module:
    """Perceptron for inputs (b, *input_shape); logits (b, classes).

    Parameters
    ----------
    depth
        Number of hidden layers.
    width
        Multiple of the 64 units of each hidden layer.
    """
    inputs = math.prod(input_shape)
    hidden: dict[str, nn.Module] = {}
    for number in range(1, depth + 1):
        hidden[f"hidden{number}"] = HiddenLayer(inputs, BASE_UNITS * width)
        inputs = BASE_UNITS * width
    modules = {
        "flatten": nn.Flatten(),
        "stage1": Stage(1, hidden),
        "linear": nn.Linear(inputs, classes),
    }
    return nn.Sequential(OrderedDict(modules))
