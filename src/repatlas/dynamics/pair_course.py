"""The course of a pair of points in every replica, recorded while the networks learn."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import Networks
from repatlas.dynamics.pair_geometry import PairGeometry, difference, square
from repatlas.dynamics.results import CONVERGED, Trajectories
from repatlas.dynamics.train import Losses, Rows

Floats = NDArray[np.float32]


class PairCourse:
    """Looks at networks on their way and keeps what it sees of one pair each.

    Parameters
    ----------
    networks
        R networks before their first step.
    pairs
        The two points of each.
    lessons
        All that each learns, for its loss.
    """

    def __init__(self, networks: Networks, pairs: Lessons, lessons: Lessons) -> None:
        self._spec, self._pairs, self._lessons = networks.spec, pairs, lessons
        replicas, layers = len(pairs.inputs), self._spec.hidden_layers
        times = self._spec.steps // self._spec.record_every + 1
        self._by_layer = {name: _empty(replicas, layers, times) for name in ("hidden", "curvature")}
        self._by_replica = {
            name: _empty(replicas, times) for name in ("output", "misalignment", "loss")
        }
        self._last = np.zeros(replicas, dtype=np.int64)
        start = PairGeometry.of(networks, pairs)
        self._start = {
            "mean_error": _array(start.mean_error),
            "decoder_square": _array(start.decoder_squares()),
        }

    def look(self, step: int, networks: Networks, rows: Rows) -> Losses:
        """See the networks of some rows; called by `repatlas.dynamics.train.train`."""
        time = step // self._spec.record_every
        pairs, lessons = self._pairs.of_replicas(rows), self._lessons.of_replicas(rows)
        seen = PairGeometry.of(networks, pairs)
        losses = _array(lessons.losses(networks.outputs(lessons.inputs)))
        self._by_layer["hidden"][rows, :, time] = _array(seen.hidden_squares)
        self._by_layer["curvature"][rows, :, time] = _array(seen.curvature)
        self._by_replica["output"][rows, time] = _array(seen.output_square)
        self._by_replica["misalignment"][rows, time] = _array(seen.misalignment)
        self._by_replica["loss"][rows, time] = losses
        self._last[rows] = time
        return losses

    def record(self, settings: dict[str, Any], seeds: NDArray[np.int64]) -> Trajectories:
        """What was seen, up to the last step of the last replica."""
        times = int(self._last.max()) + 1
        courses = {
            name: self._held(course[..., :times])
            for name, course in (self._by_layer | self._by_replica).items()
        }
        # A loss that is not finite is not small either.
        converged = courses["loss"][:, -1] <= CONVERGED
        return Trajectories(
            settings=settings,
            steps=np.arange(times) * self._spec.record_every,
            input_square=_array(square(difference(self._pairs.inputs))),
            target_square=_array(square(difference(self._pairs.targets))),
            seed=seeds,
            layer=self._spec.layer,
            converged=converged,
            **self._start,
            **courses,
        )

    def _held(self, course: Floats) -> Floats:
        """Courses (r, ..., t) of which each keeps its last value to the end."""
        times = np.minimum(np.arange(course.shape[-1]), self._last[:, None])
        if course.ndim == 3:
            times = times[:, None]
        held: Floats = np.take_along_axis(course, times, axis=-1)
        return held


def _empty(*shape: int) -> Floats:
    return np.full(shape, np.nan, dtype=np.float32)


def _array(tensor: Tensor) -> Floats:
    return tensor.detach().cpu().numpy()
