"""Units of a network in the order of their mean activation."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from repatlas.units.moments import UnitMoments


@dataclass(frozen=True, eq=False)
class Ranked:
    """Live units of a network in a layer, from the most to the least active.

    Attributes
    ----------
    units
        (p,) their numbers.
    means
        (p,) their mean activations over images and positions, falling.
    dead
        Number of dead units, which are left out.
    """

    units: NDArray[np.int64]
    means: NDArray[np.float64]
    dead: int

    @classmethod
    def of(cls, moments: UnitMoments, network: int) -> Self:
        """Rank the units of one network."""
        means, live = moments.means(network), np.flatnonzero(moments.alive(network))
        units = live[np.argsort(-means[live], kind="stable")]
        return cls(units, means[units], len(means) - len(live))
