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
from repatlas.units.products import mirrored

ZERO = 1e-6
"""Values below this, whatever their sign, are zeros, as in the released code."""

ROWS = 2**14
"""Rows that are counted at once: few enough to stay in the cache, and counts of float32 exact."""


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
        self._joint = torch.zeros(side, side, dtype=torch.float64, device=device)
        self._count = 0

    def add(self, rows: Sequence[Tensor]) -> None:
        """Take in the next rows (n, units) of each network, float32, the same for all."""
        add_counts = add_by_products if self._edges.is_cuda else add_by_pairs
        for start in range(0, len(rows[0]), ROWS):
            chunk = torch.cat([own[start : start + ROWS] for own in rows], dim=1)
            add_counts(self._joint, self._places(chunk), self._bins)
            self._count += len(chunk)

    def counts(self) -> JointCounts:
        """What was counted."""
        shape = (self._units, self._bins) * 2
        return JointCounts(self._count, self._bins, mirrored(self._joint).reshape(shape))

    def _places(self, rows: Tensor) -> Tensor:
        """(n, U) bin of each value."""
        places = torch.ones_like(rows, dtype=torch.uint8)
        for edges in self._edges.T:
            places += rows >= edges
        return places.masked_fill_(rows.abs() < ZERO, 0)


def add_by_pairs(joint: Tensor, places: Tensor, bins: int) -> None:
    """Count one pair of units after the other: on a CPU twice as fast as `add_by_products`.

    Parameters
    ----------
    joint
        (U b, U b) float64, to whose lower triangle counts are added.
    places
        (n, U) bins.
    bins
        Number of bins b.
    """
    columns = places.T.contiguous().numpy().astype(np.intp)
    counts = joint.numpy().reshape((len(columns), bins) * 2)
    for first, column in enumerate(columns):
        shifted = column * bins
        for second in range(first + 1):
            found = np.bincount(shifted + columns[second], minlength=bins**2)
            counts[first, :, second] += found.reshape(bins, bins)


def add_by_products(joint: Tensor, places: Tensor, bins: int) -> None:
    """Count all pairs by a product of indicators; parameters as of `add_by_pairs`."""
    numbers = torch.arange(bins, dtype=places.dtype, device=places.device)
    indicators = (places.unsqueeze(2) == numbers).flatten(1).float()
    joint += indicators.T @ indicators
