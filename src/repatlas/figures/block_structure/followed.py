"""Single images followed over training: projections on first components, and norms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.experiments.results import Trajectory
from repatlas.figures.epochs import epochs_compared, followed_layer
from repatlas.figures.inputs import Network
from repatlas.figures.projected import furthest

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Followed:
    """The final network's dominant images at every compared checkpoint (E of them).

    Attributes
    ----------
    layer
        Index of the layer on whose first component they are projected.
    images
        (k,) places among the probe images, the most dominant first.
    ids
        (k,).
    epochs
        (E,).
    projections
        (E, k) sqrt(n) u_i; NaN where the layer is constant.
    outputs
        (B,) indices of the block outputs.
    norm_ratio
        (E, B) norm of the most dominant image over the median norm of all probe images.
    """

    layer: int
    images: NDArray[np.intp]
    ids: NDArray[np.str_]
    epochs: NDArray[np.int64]
    projections: Floats
    outputs: NDArray[np.intp]
    norm_ratio: Floats


def follow(trajectory: Trajectory, network: Network, layer: int | None, count: int) -> Followed:
    """Follow the images that project furthest in the final network.

    Parameters
    ----------
    layer
        Index of a block output; None: the reference layer of the final network.
    count
        Number of images.

    Raises
    ------
    InputError
        The layer is no block output, or the network has none.
    """
    place = followed_layer(trajectory, network, layer)
    outputs = np.flatnonzero(network.block_outputs)
    components = oriented(trajectory.components[:, place].astype(np.float64))
    images = furthest(components[-1], count)
    components = components[trajectory.compared]
    norms = trajectory.norms[trajectory.compared].astype(np.float64)
    median = np.median(norms, axis=2)
    first = norms[:, :, images[0]] if images.size else np.full_like(median, np.nan)
    # A layer whose outputs are mostly zero has no median to compare with.
    ratio = np.divide(first, median, out=np.full_like(median, np.nan), where=median > 0)
    return Followed(
        layer=int(outputs[place]),
        images=images,
        ids=trajectory.ids[images],
        epochs=epochs_compared(trajectory),
        projections=np.sqrt(components.shape[1]) * components[:, images],
        outputs=outputs,
        norm_ratio=ratio,
    )


def oriented(components: Floats) -> Floats:
    """Components (T, n) with comparable signs.

    The sign of a component is arbitrary. The last one is turned so that its largest entry is
    positive; every other so that its inner product with the last is.
    """
    last = components[-1]
    if np.isnan(last).any():
        return components
    last = last * np.sign(last[np.abs(last).argmax()])
    signs = np.where(np.nan_to_num(components @ last) < 0, -1.0, 1.0)
    turned: Floats = components * signs[:, None]
    return turned
