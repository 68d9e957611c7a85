"""Which layers of a network are compared one by one: the outputs of its blocks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from repatlas.networks.layer_table import Layer

Rows = NDArray[np.intp]


def judged_layers(layers: Sequence[Layer]) -> Rows:
    """Choose the layers that claims and measures are about.

    Returns
    -------
    Rows
        (B,) indices of the block outputs; in a network that marks none, of its ReLUs; where it has
        none, of every layer.
    """
    outputs = [row for row, layer in enumerate(layers) if layer.block_output]
    relus = [row for row, layer in enumerate(layers) if layer.kind == "relu"]
    return np.array(outputs or relus or range(len(layers)), dtype=np.intp)
