"""How often the units of several networks are active together, for their mutual information.

The binning is that of "Convergent Learning" (Li et al. 2016, released code): one bin for zeros and
bins of equal mass for all other values of a unit.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.units.gathered import JointCounts
from repatlas.units.products import add_square, mirrored

ZERO = 1e-6
"""Values below this, whatever their sign, are zeros, as in the released code."""

EXACT = 2**24
"""Counts up to this are exact in float32."""

ROOM = 2**20
"""Numbers in the indicators of one product: few enough to stay in the cache."""


def bin_edges(rows: NDArray[np.floating], bins: int) -> NDArray[np.float32]:
    """Edges between the bins of values that are not zero, for each unit.

    A value on an edge belongs to the bin above it. Where a unit has fewer distinct values than
    bins, edges coincide and the bins between them stay empty; a unit without any value but zero
    has infinite edges, so that all other values fall into one bin.

    Parameters
    ----------
    rows
        (n, U) activations.
    bins
        Number of bins b, one of them for zeros.

    Returns
    -------
    NDArray
        (U, b - 2), rising.
    """
    shares = np.arange(1, bins - 1) / (bins - 1)
    edges = np.full((rows.shape[1], bins - 2), np.inf, dtype=np.float32)
    for unit, values in enumerate(rows.T):
        others = values[np.abs(values) >= ZERO]
        if len(others):
            edges[unit] = np.quantile(others, shares)
    return edges


class JointCounter:
    """Counts of rows in which two units are in two bins, for all units and bins at once.

    Parameters
    ----------
    edges
        (U, b - 2) as `bin_edges` gives them, of the units of all networks.
    device
        Of the rows.
    """

    def __init__(self, edges: NDArray[np.float32], device: torch.device) -> None:
        self._edges = torch.from_numpy(edges).to(device)
        self._units, self._bins = len(edges), edges.shape[1] + 2
        side = self._units * self._bins
        self._recent = torch.zeros(side, side, device=device)
        self._joint = torch.zeros(side, side, dtype=torch.float64, device=device)
        self._recent_count = self._count = 0

    def add(self, rows: Sequence[Tensor]) -> None:
        """Take in the next rows (n, units) of each network, float32, the same for all."""
        step = max(1, ROOM // len(self._joint))
        for start in range(0, len(rows[0]), step):
            chunk = torch.cat([own[start : start + step] for own in rows], dim=1)
            if self._recent_count + len(chunk) > EXACT:
                self._move()
            add_square(self._recent, self._indicators(chunk).flatten(1))
            self._recent_count += len(chunk)

    def counts(self) -> JointCounts:
        """What was counted."""
        self._move()
        shape = (self._units, self._bins) * 2
        return JointCounts(self._count, self._bins, mirrored(self._joint).reshape(shape))

    def _indicators(self, rows: Tensor) -> Tensor:
        """(n, U, b): 1 for the bin in which a value is, else 0."""
        place = (rows.unsqueeze(2) >= self._edges).sum(2) + 1
        place = torch.where(rows.abs() < ZERO, 0, place)
        found = rows.new_zeros(*rows.shape, self._bins)
        return found.scatter_(2, place.unsqueeze(2), 1)

    def _move(self) -> None:
        self._joint += self._recent
        self._recent.zero_()
        self._count += self._recent_count
        self._recent_count = 0
