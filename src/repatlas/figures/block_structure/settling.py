"""How the similarity of layers settles over training: its shape, and its content."""

import numpy as np
from numpy.typing import NDArray

from repatlas.experiments.results import Trajectory
from repatlas.figures.inputs import Network

Curve = NDArray[np.float64]


def settling(trajectory: Trajectory, network: Network) -> tuple[Curve, Curve]:
    """Agreement of every compared checkpoint with the final network, in shape and in content.

    Both are over block outputs alone and leave out what has no value.

    Returns
    -------
    shape
        (E,) 1 less the mean of |CKA within the checkpoint - CKA within the final network| over
        all pairs of different block outputs: 1 where the two heat maps are the same.
    content
        (E,) mean CKA of each block output with itself in the final network: 1 where the
        representations are the same.
    """
    outputs = np.flatnonzero(network.block_outputs)
    above, right = np.triu_indices(len(outputs), 1)
    within = trajectory.cka_within[:, outputs[above], outputs[right]].astype(np.float64)
    shape = 1 - _mean(np.abs(within - within[-1]))
    return shape, _mean(trajectory.cka_final[:, outputs, outputs].astype(np.float64))


def _mean(values: Curve) -> Curve:
    """Mean (E,) of rows over their known values; NaN where there is none."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    sums = np.where(known, values, 0).sum(axis=1)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)
