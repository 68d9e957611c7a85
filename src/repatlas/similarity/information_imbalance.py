"""Information imbalance: whether the nearest neighbour in one space is near in another.

Glielmo, Zeni, Cheng, Csanyi, Laio, "Ranking the information content of distance measures" (2022).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """Who is how near to whom among n examples.

    Attributes
    ----------
    ranks
        (n, n) rank of the distance of the column's example from that of the row: 1 for the nearest,
        0 for itself. Of several at one distance, the first examples come first.
    """

    ranks: NDArray[np.int64]

    @classmethod
    def of(cls, features: ArrayLike) -> "Neighbourhoods":
        """Rank Euclidean distances between the rows of features (n, p)."""
        values = np.asarray(features, dtype=np.float64)
        distances = cdist(values, values, "sqeuclidean")
        np.fill_diagonal(distances, -1.0)
        order = np.argsort(distances, axis=1, kind="stable")
        ranks = np.empty(order.shape, dtype=np.int64)
        np.put_along_axis(ranks, order, np.arange(len(order))[None], axis=1)
        return cls(ranks)

    def imbalance(self, other: "Neighbourhoods") -> float:
        """Information imbalance from these neighbourhoods to others of the same examples.

        ``(2 / n^2) sum_i r_other(i, nearest(i))``: 2 / n where all nearest neighbours are nearest
        there too, about 1 where the two are unrelated. Not symmetric: that A predicts B does not
        mean that B predicts A.
        """
        rows, nearest = np.nonzero(self.ranks == 1)
        return 2.0 * float(other.ranks[rows, nearest].mean()) / len(self.ranks)
