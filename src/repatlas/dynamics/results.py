"""What is found about networks that are followed while they learn.

Distances are between what a network makes of two inputs; layers count by depth from 0.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from repatlas.setting_records import SettingRecord

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]
Texts = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Trajectories(SettingRecord):
    """Two points in replicas of one network, step by step.

    A replica that has diverged is NaN from the step on at which that was seen; one that was stopped
    keeps the values at which it stopped.

    Attributes
    ----------
    steps
        (t,) steps taken before each record: 0, k, 2k, ...
    hidden
        (r, L, t) ``|dh|^2`` of every hidden layer, after its activation.
    output
        (r, t) ``|dy|^2``.
    misalignment
        (r, t) ``|dy|^2 - dy.dy*``.
    loss
        (r, t) half the squared error on all examples, summed over outputs, mean over examples.
    mean_error
        (r,) squared distance of the mean output of the two from their mean target, at step 0.
    input_square, target_square
        (r,) ``|dx|^2`` and ``|dy*|^2`` of the pair of each replica.
    seed
        (r,) of each replica; replicas of one seed have different pairs.
    layer
        The hidden layer that is compared with theory.
    converged
        (r,) whether the loss at the end is at most `CONVERGED`.
    curvature
        (r, L, t) how far the map from a hidden layer to the outputs is from a straight one between
        the two points: norm of its even part over that of its odd part about their middle, which
        are of second and of first order in ``dh``.
    decoder_square
        (r, L) squared norm of the Jacobian of that map in the middle, at step 0.
    """

    FORMAT: ClassVar[str] = "repatlas.trajectories"

    steps: Integers
    hidden: Floats
    output: Floats
    misalignment: Floats
    loss: Floats
    mean_error: Floats
    input_square: Floats
    target_square: Floats
    seed: Integers
    layer: int
    converged: NDArray[np.bool_]
    curvature: Floats
    decoder_square: Floats


CONVERGED = 1e-3
"""Largest final loss with which a pair counts as learnt: the authors' bound for final distances."""


@dataclass(frozen=True, eq=False)
class PairDistances(SettingRecord):
    """Distances of several points in the compared hidden layer, before and after training.

    Attributes
    ----------
    setting
        (s,) names of the settings.
    points
        (n, d) inputs; of images (n, 1) their classes.
    input_distance, target_distance
        (n, n).
    start_distance, final_distance
        (s, r, n, n), not squared; NaN in the end where a replica has diverged.
    start_output
        (s, r, n, n) distances of the outputs before the first step.
    loss
        (s, r) final, on all that is learnt.
    seed
        (r,) of each replica.
    """

    FORMAT: ClassVar[str] = "repatlas.pair_distances"

    setting: Texts
    points: Floats
    input_distance: Floats
    target_distance: Floats
    start_distance: Floats
    final_distance: Floats
    start_output: Floats
    loss: Floats
    seed: Integers


@dataclass(frozen=True, eq=False)
class Embedding(SettingRecord):
    """Where trained networks put every input of the context task, in the compared hidden layer.

    Attributes
    ----------
    setting
        (s,) name of the setting of each network; a row a replica.
    seed
        (s,) of each network.
    hidden
        (s, n, p) activations after training.
    context
        (n,) 0 where the first feature is asked for, 1 where the second is.
    first, second
        (n,) the two features of the input.
    loss
        (s,) final.
    """

    FORMAT: ClassVar[str] = "repatlas.embedding"

    setting: Texts
    seed: Integers
    hidden: Floats
    context: Integers
    first: Floats
    second: Floats
    loss: Floats
