"""Distances between what networks make of several points, before and after they learn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.dynamics.networks import Networks
from repatlas.dynamics.results import PairDistances
from repatlas.dynamics.train import Losses, Rows

Floats = NDArray[np.float32]


class PointDistances:
    """Looks at the same points in R networks, and keeps what it saw first and last.

    Parameters
    ----------
    networks
        Networks before their first step.
    points
        (R, n, d) inputs.
    """

    def __init__(self, networks: Networks, points: Tensor) -> None:
        self._points, self._layer = points, networks.spec.layer
        with torch.no_grad():
            hidden = networks.hidden(points)
            self.start = distances(hidden[self._layer])
            self.start_output = distances(networks.readout(hidden[-1]))
        self.final = self.start.copy()
        self.loss = np.full(len(points), np.nan, dtype=np.float32)

    def see(self, networks: Networks, rows: Rows, losses: Losses) -> None:
        """See the networks of some rows, with their losses on all that they learn."""
        points = self._points[: len(rows)]  # they are the same for all
        self.final[rows] = distances(networks.hidden(points)[self._layer])
        self.loss[rows] = losses


def record_distances(
    settings: dict[str, Any],
    seen: dict[str, PointDistances],
    seeds: Sequence[int],
    points: NDArray[np.floating],
    *,
    inputs: NDArray[np.floating],
    targets: NDArray[np.floating],
) -> PairDistances:
    """Put what was seen in each setting together.

    Parameters
    ----------
    settings
        What was done.
    seen
        By the name of the setting.
    seeds
        (r,) of the replicas.
    points
        (n, d) what the record is to say of each point.
    inputs, targets
        (n, d) and (n, k) whose distances are recorded.
    """
    found = list(seen.values())
    return PairDistances(
        settings=settings,
        setting=np.array(list(seen)),
        points=points,
        input_distance=distances(torch.from_numpy(inputs)),
        target_distance=distances(torch.from_numpy(targets)),
        start_distance=np.stack([one.start for one in found]),
        final_distance=np.stack([one.final for one in found]),
        start_output=np.stack([one.start_output for one in found]),
        loss=np.stack([one.loss for one in found]),
        seed=np.array(seeds),
    )


def distances(vectors: Tensor) -> NDArray[Any]:
    """(..., n, n) distances between vectors (..., n, p), exact also where they nearly merge."""
    return torch.cdist(vectors, vectors, compute_mode="donot_use_mm_for_euclid_dist").numpy(
        force=True
    )
