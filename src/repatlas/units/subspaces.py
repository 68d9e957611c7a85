"""How much two sets of units span the same directions."""

import numpy as np

from repatlas.units.canonical import canonical_correlations, canonical_directions
from repatlas.units.moments import Floats
from repatlas.units.spectral import Integers
from repatlas.units.standard import Pair, Side


def subspace_overlap(correlations: Floats, first: Integers, second: Integers, rows: int) -> float:
    """Mean cosine of the principal angles between the subspaces that two sets of units span.

    The subspaces are those of functions on the rows, with their means removed, so that the cosines
    are the canonical correlations of the two sets, as many as the smaller subspace has dimensions.
    1 where either set is a linear map of the other, whatever the basis.

    Parameters
    ----------
    correlations
        (n, n) correlations of all units.
    first, second
        (p,) and (q,) places of the units of either set among all.
    rows
        Number of rows.

    Returns
    -------
    float
        0 to 1; NaN where a set is empty or none of its units varies.
    """
    if not (len(first) and len(second)):
        return np.nan
    own, other = (Side(correlations[np.ix_(units, units)]) for units in (first, second))
    pair = Pair(rows, own, other, correlations[np.ix_(first, second)])
    cosines = canonical_correlations(canonical_directions(pair), pair)
    return float(np.clip(cosines, 0, 1).mean()) if len(cosines) else np.nan
