"""Layers of a network along the horizontal axis of curves."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.markers import TICKUP
from matplotlib.transforms import ScaledTranslation

from repatlas.figures.heatmap import FAR, NEAR, layer_ticks
from repatlas.figures.inputs import Network
from repatlas.figures.layers import layer_axis
from repatlas.figures.style import BLOCK, FAINT
from repatlas.similarity.block import Block

STAGES_NOTE = "Ticks above a panel: ends of the stages."


def set_depth(axes: Axes, network: Network, block: Block | None = None) -> None:
    """Let the horizontal axis count all layers, from 0 for the input.

    Stages of the network end at the ticks above; the shade is the detected block.
    """
    axis = layer_axis(network, np.arange(network.size), block)
    if axis.block is not None:
        axes.axvspan(*axis.block, color=BLOCK, alpha=0.18, lw=0, zorder=0)
    above = axes.get_xaxis_transform()
    above += ScaledTranslation(0, NEAR / 72, axes.figure.dpi_scale_trans)
    tick: dict[str, Any] = {"ls": "", "marker": TICKUP, "ms": FAR - NEAR, "mew": 0.6}
    ends = np.ones(len(axis.borders))
    axes.plot(axis.borders, ends, transform=above, clip_on=False, color=FAINT, **tick)
    axes.set_xlim(-0.5, axis.size - 0.5)
    axes.xaxis.set_major_locator(layer_ticks())
