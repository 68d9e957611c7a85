"""Courses of followed pairs, as the effective theory takes them."""

import numpy as np

from repatlas.dynamics.results import Trajectories
from repatlas.theory.effective import Curves, Pair


def pair_of(followed: Trajectories, replica: int) -> Pair:
    """The two points that a replica learns."""
    return Pair(float(followed.input_square[replica]), float(followed.target_square[replica]))


def curves_of(followed: Trajectories, replica: int, layer: int) -> Curves | None:
    """Course (t,) of a replica at a hidden layer; None for one that theory cannot take.

    That is a replica that has diverged, or whose two points look the same to the layer from the
    start, as to units that never fire.
    """
    parts = (
        followed.hidden[replica, layer],
        followed.output[replica],
        followed.misalignment[replica],
    )
    curves = Curves(*np.stack(parts).astype(np.float64))
    usable = np.isfinite(curves.stacked()).all() and curves.hidden[0] > 0
    return curves if usable else None
