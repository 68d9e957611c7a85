"""Checkpoints of a trajectory: which are shown, where its block lies, how its epochs are drawn."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.experiments.results import Trajectory
from repatlas.figures.inputs import Network, describe
from repatlas.similarity.block import Block, find_block
from repatlas.similarity.dominant import reference_layer


def epochs_compared(trajectory: Trajectory) -> NDArray[np.int64]:
    """(E,) epochs of the checkpoints that have heat maps."""
    epochs: NDArray[np.int64] = trajectory.epochs[trajectory.compared]
    return epochs


def chosen_epochs(
    trajectory: Trajectory, network: Network, wanted: Sequence[int] | None, count: int
) -> list[int]:
    """Which of the compared checkpoints are shown, by their place among these.

    Parameters
    ----------
    wanted
        Their epochs; None: spread evenly, the first and the last among them.
    count
        How many at most where none are named.

    Raises
    ------
    InputError
        No checkpoint was taken after one of the epochs.
    """
    epochs = epochs_compared(trajectory)
    if wanted is None:
        # The final network may stand beside the checkpoint after the same epoch.
        last = np.flatnonzero(np.append(np.diff(epochs) != 0, True))
        spread = np.linspace(0, len(last) - 1, min(count, len(last))).round().astype(int)
        places: list[int] = last[spread].tolist()
        return places
    absent = sorted(set(wanted) - set(epochs.tolist()))
    if absent:
        held = ", ".join(map(str, dict.fromkeys(epochs.tolist())))
        raise InputError(
            f"--layout: epochs: there is no checkpoint after epoch {absent[0]} of "
            f"{describe(network)}; there are: {held}"
        )
    return [int(np.flatnonzero(epochs == epoch)[-1]) for epoch in wanted]


def block_at(trajectory: Trajectory, network: Network, place: int) -> Block | None:
    """Largest block of a compared checkpoint, by this project's thresholds."""
    share = trajectory.share[trajectory.compared[place]]
    return find_block(share, trajectory.cka_within[place], network.block_outputs)


def followed_layer(trajectory: Trajectory, network: Network, layer: int | None) -> int:
    """Place among the block outputs of the layer whose first component is followed.

    Parameters
    ----------
    layer
        Its index among all layers; None: the reference layer of the final network.

    Raises
    ------
    InputError
        The layer is no block output, or the network has none.
    """
    outputs = np.flatnonzero(network.block_outputs).tolist()
    if not outputs:
        raise InputError(
            f"{describe(network)} has no block outputs, of which alone components are kept: "
            "leave it out of --layout"
        )
    if layer is None:
        share, within = trajectory.share[-1], trajectory.cka_within[-1]
        layer = reference_layer(share, within, network.block_outputs)
    if layer not in outputs:
        raise InputError(
            f"--layout: layer: {layer} is no block output of {describe(network)}; these are: "
            f"{', '.join(map(str, outputs))}"
        )
    return outputs.index(layer)


def set_epochs(axes: Axes, epochs: NDArray[np.int64]) -> None:
    """Let the horizontal axis be epochs, on a logarithmic scale that begins at 0."""
    highest = max(int(epochs.max()), 1)
    axes.set_xscale("symlog", linthresh=1, linscale=0.4)
    decades = [factor * 10**power for power in range(6) for factor in (1, 2, 5)]
    ticks = [0, *(tick for tick in decades if tick <= highest)]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlim(-0.15, highest * 1.06)
