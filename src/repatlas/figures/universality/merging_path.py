"""Where two points with the same target end, told from the first half of their path.

Theory keeps ``|dy|^2 / |dh|^2`` on a straight line of ``|dh|^2`` with a slope above 0, at whatever
time one begins to look. The outputs meet either where that line crosses 0, at ``A_high``, or, where
``A_high < 0``, in a merger of the hidden points. So two records of a path tell where it ends.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.dynamics.results import Trajectories

Floats = NDArray[np.float64]

MEAN_LEFT = 0.01
"""Share of the first error of the mean output at which it counts as learnt. Theory takes what the
mean does as nothing to the pair; networks do not, as both are learnt by the same weights."""
HALF = 0.5
"""Share of the first ``|dy|^2 / |dh|^2`` up to which a path is looked at."""
DONE = 0.05
"""Share of the first value of either side at which a path counts as ended."""


@dataclass(frozen=True, eq=False)
class MergingPath:
    """One replica, by what it has when the mean output is learnt.

    Attributes
    ----------
    seed
        Of the replica.
    start
        Record at which the mean output is learnt.
    hidden
        (t,) ``|dh|^2``, over that at ``start``.
    ratio
        (t,) ``|dy|^2 / |dh|^2``, over that at ``start``.
    decoder
        ``1 - A_high / |dh|^2`` at ``start``, from the first half of the path: the share that the
        decoder's term has of the hidden distance. NaN where the ratio does not fall.
    """

    seed: int
    start: int
    hidden: Floats
    ratio: Floats
    decoder: float

    @property
    def merges(self) -> bool:
        """Whether theory says that the points merge: ``A_high < 0``."""
        return self.decoder > 1

    @property
    def foretold(self) -> float:
        """Hidden distance in the end in theory, over that at ``start``."""
        return max(1 - self.decoder, 0.0)

    @property
    def ended(self) -> bool:
        """Whether outputs or hidden points have met."""
        return bool(min(self.ratio[-1], self.hidden[-1]) <= DONE)

    @property
    def straightness(self) -> float:
        """Pearson's correlation of both sides from ``start`` on; 1 in theory, NaN if none moves."""
        x, y = self.hidden[self.start :], self.ratio[self.start :]
        moves = len(x) > 2 and np.ptp(x) > 0 and np.ptp(y) > 0
        return float(np.corrcoef(x, y)[0, 1]) if moves else np.nan


def merging_paths(course: Trajectories) -> list[MergingPath]:
    """Paths of the replicas with identical targets that learn the mean and do not diverge."""
    hidden = course.hidden[:, course.layer].astype(np.float64)
    output, loss = course.output.astype(np.float64), course.loss.astype(np.float64)
    # Of the loss, what the difference of the outputs does not cause; rounding may be above it.
    mean = np.maximum(loss - output / 8, 0)
    found = []
    for row in np.flatnonzero(course.target_square == 0).tolist():
        learnt = np.flatnonzero(mean[row] <= MEAN_LEFT * mean[row, 0])
        usable = np.isfinite(loss[row]).all() and (hidden[row] > 0).all()
        if len(learnt) and usable and output[row, learnt[0]] > 0:
            found.append(_path(int(course.seed[row]), int(learnt[0]), hidden[row], output[row]))
    return found


def _path(seed: int, start: int, hidden: Floats, output: Floats) -> MergingPath:
    ratio = output / hidden
    hidden, ratio = hidden / hidden[start], ratio / ratio[start]
    below = np.flatnonzero(ratio[start:] <= HALF)
    seen = start + int(below[0]) if len(below) else len(ratio) - 1
    fallen = 1 - ratio[seen]
    decoder = float((1 - hidden[seen]) / fallen) if fallen > 0 else np.nan
    return MergingPath(seed, start, hidden, ratio, decoder)
