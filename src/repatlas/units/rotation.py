"""Orthogonal Procrustes map of the units of one network onto those of another."""

import numpy as np

from repatlas.similarity.shape import RANK_TOLERANCE
from repatlas.units.moments import Floats
from repatlas.units.standard import Pair


def procrustes_map(pair: Pair) -> Floats:
    """Rotation and reflection Q (p, q) that brings X nearest to Y (Schoenemann 1966).

    ``Q = U V'`` for ``C_xy = U S V'``, the largest ``tr(Q' C_xy)`` over matrices with orthonormal
    columns, or rows where p < q. Units are centred and of variance 1, so that none counts for more
    because it is more active; one scale for all of them would change no correlation.

    Directions in which the two do not covary (singular values that are rounding) have no best
    rotation and are left out: an arbitrary one would depend on the library. O(p q min(p, q)).
    """
    left, singular, right = np.linalg.svd(pair.cross, full_matrices=False)
    kept = singular > RANK_TOLERANCE * singular[0]
    rotation: Floats = left[:, kept] @ right[kept]
    return rotation
