"""What is known of one layer of a network: plain data, read without torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """One analysed layer: the output of one operation of a network, in forward order.

    Attributes
    ----------
    name
        Path of the module in the network, such as ``stage1.block2.conv1``; the k-th use of a
        module in one forward pass is ``<path>#k`` for k > 1.
    kind
        input, conv, bn, relu, add, pool, flatten or linear; for anything else the name of its
        class in lower case.
    stage
        Number of the stage it stands in, from 1; 0 outside every stage.
    block_output
        Whether it is the output of the stem or of a (residual) block.
    shape
        Shape of the output for one example, such as (channels, height, width).
    features
        Number of values for one example: the product of ``shape``.
    """

    name: str
    kind: str
    stage: int
    block_output: bool
    shape: tuple[int, ...]
    features: int
