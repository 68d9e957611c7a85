"""The task of two points: a network learns a pair of inputs and targets of given distances."""

from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray

from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import Networks
from repatlas.dynamics.pair_course import PairCourse
from repatlas.dynamics.replicas import replicas_of
from repatlas.dynamics.results import Trajectories
from repatlas.dynamics.spec import PointsSpec, TwoPointsSpec
from repatlas.dynamics.train import train

Floats = NDArray[np.float64]

FIRST_INPUT, FIRST_TARGET = -1.0, 0.6
"""Norms of the first point's input (which points down) and target; the authors' choice."""


def follow_two_points(spec: TwoPointsSpec, device: torch.device) -> Trajectories:
    """Train all replicas on all pairs, and record their courses.

    Parameters
    ----------
    spec
        The network and the pairs.
    device
        Where it is trained.

    Returns
    -------
    Trajectories
        Replicas in the order of `repatlas.dynamics.replicas.replicas_of`: all pairs of a seed,
        target distances fastest.
    """
    inputs, targets = points(spec.points)
    replicas = replicas_of(spec.seed, spec.replicas, len(inputs), shared_start=spec.shared_start)
    chosen = [replica.pair for replica in replicas]
    lessons = Lessons.of(inputs[chosen], targets[chosen], device)
    sizes = spec.points.inputs, spec.points.outputs
    networks = Networks(spec.learner, *sizes, replicas, device)
    course = PairCourse(networks, lessons, lessons)
    train(networks, lessons, replicas, course.look)
    seeds = np.array([replica.seed for replica in replicas])
    return course.record(spec.model_dump(mode="json"), seeds)


def points(spec: PointsSpec) -> tuple[Floats, Floats]:
    """Inputs (pairs, 2, d) and targets (pairs, 2, k) of all pairs, target distances fastest.

    All coordinates of a point are alike: ``-1 / sqrt(d)`` and ``(-1 + |dx|) / sqrt(d)`` of the
    inputs, ``0.6 / sqrt(k)`` and ``(0.6 + |dy*|) / sqrt(k)`` of the targets.
    """
    squares = np.array(list(product(spec.input_squares, spec.target_squares)))
    distances = np.sqrt(squares)
    return (
        _spread(FIRST_INPUT, distances[:, 0], spec.inputs),
        _spread(FIRST_TARGET, distances[:, 1], spec.outputs),
    )


def _spread(first: float, distances: Floats, dimensions: int) -> Floats:
    """(pairs, 2, dimensions)."""
    both = np.stack([np.full_like(distances, first), first + distances], axis=1)
    spread: Floats = np.repeat(both[..., None], dimensions, axis=2) / np.sqrt(dimensions)
    return spread
