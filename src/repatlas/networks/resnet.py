"""CIFAR ResNet v1, with and without its skip connections.

He et al. 2016 as used by Nguyen, Raghu and Kornblith 2022: three stages of n blocks, 16k, 32k and
64k channels for width k, depth 6n + 2. Three things differ from the Keras code of that paper:
batch-norm has torch's momentum 0.1 and epsilon 1e-5 (Keras: 0.01 in torch's terms, and 1e-3),
because 0.01 lags behind the weights in the short trainings of a small study; convolutions have no
bias, for which the shift of a batch-norm serves; and strided convolutions pad both sides alike.
"""

from collections import OrderedDict

from torch import Tensor, nn

from repatlas.networks.operations import Add, convolution
from repatlas.networks.stages import BASE_CHANNELS, Stem, head, three_stages


class PlainBlock(nn.Module):
    """conv - bn - relu - conv - bn - relu: a residual block without its skip connection."""

    block_output = True

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = convolution(inputs, outputs, stride=stride)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = convolution(outputs, outputs)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU()

    def branch(self, x: Tensor) -> Tensor:
        """All but the last rectifier: (b, inputs, h, w) to (b, outputs, h/stride, w/stride)."""
        hidden = self.relu1(self.bn1(self.conv1(x)))
        out: Tensor = self.bn2(self.conv2(hidden))
        return out

    def forward(self, x: Tensor) -> Tensor:
        """(b, inputs, h, w) to (b, outputs, h/stride, w/stride)."""
        out: Tensor = self.relu2(self.branch(x))
        return out


class ResidualBlock(PlainBlock):
    """conv - bn - relu - conv - bn - add - relu, projected by a 1x1 convolution where needed."""

    def __init__(
        self, inputs: int, outputs: int, stride: int, shortcut_batch_norm: bool = False
    ) -> None:
        super().__init__(inputs, outputs, stride)
        self.shortcut: nn.Module | None = None
        if stride != 1 or inputs != outputs:
            conv = convolution(inputs, outputs, size=1, stride=stride)
            bn = nn.BatchNorm2d(outputs)
            with_norm = nn.Sequential(OrderedDict(conv=conv, bn=bn))
            self.shortcut = with_norm if shortcut_batch_norm else conv
        self.add = Add()

    def forward(self, x: Tensor) -> Tensor:
        """(b, inputs, h, w) to (b, outputs, h/stride, w/stride)."""
        out = self.branch(x)
        skip = x if self.shortcut is None else self.shortcut(x)
        result: Tensor = self.relu2(self.add(out, skip))
        return result


def resnet(
    depth: int,
    width: int,
    classes: int,
    channels: int = 3,
    residual: bool = True,
    shortcut_batch_norm: bool = False,
) -> nn.Module:
    """CIFAR ResNet v1 for images of any size (b, channels, h, w); logits (b, classes).

    Parameters
    ----------
    depth
        6n + 2.
    width
        Multiple k of the 16, 32 and 64 channels of the three stages.
    residual
        False leaves out additions and shortcuts and keeps all else.
    shortcut_batch_norm
        Batch-norm after the two 1x1 shortcut convolutions; the paper has none.
    """

    def block(inputs: int, outputs: int, stride: int) -> nn.Module:
        if residual:
            return ResidualBlock(inputs, outputs, stride, shortcut_batch_norm)
        return PlainBlock(inputs, outputs, stride)

    modules = {
        "stem": Stem(channels, BASE_CHANNELS * width),
        **three_stages(depth, width, block),
        **head(4 * BASE_CHANNELS * width, classes),
    }
    return nn.Sequential(OrderedDict(modules))
