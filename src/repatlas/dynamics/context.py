"""The context task: say where a blob lies, in the direction that a context names.

In each context one of the two features is of no use; what becomes of it depends on the initial
weights.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import Networks
from repatlas.dynamics.replicas import Replica, replicas_of
from repatlas.dynamics.results import Embedding
from repatlas.dynamics.spec import ContextSpec, LearnerSpec
from repatlas.dynamics.train import Losses, Rows, train

Floats = NDArray[np.float64]


class _Seen:
    """What networks of one setting make of all inputs; the last look counts."""

    def __init__(self, networks: Networks, lessons: Lessons) -> None:
        self._lessons, self._layer = lessons, networks.spec.layer
        with torch.no_grad():
            hidden = networks.hidden(lessons.inputs)[self._layer]
        self.hidden = hidden.numpy(force=True)
        self.loss = np.full(len(hidden), np.nan, dtype=np.float32)

    def look(self, step: int, networks: Networks, rows: Rows) -> Losses:
        lessons = self._lessons.of_replicas(rows)
        hidden = networks.hidden(lessons.inputs)
        self.hidden[rows] = hidden[self._layer].numpy(force=True)
        self.loss[rows] = lessons.losses(networks.readout(hidden[-1])).numpy(force=True)
        losses: Losses = self.loss[rows]
        return losses


def follow_context(spec: ContextSpec, device: torch.device) -> Embedding:
    """Train networks of every setting, and record their hidden layers on all inputs.

    Parameters
    ----------
    spec
        The task, and the settings; all have the same seeds.
    device
        Where they are trained.
    """
    replicas = replicas_of(spec.seed, spec.replicas)
    inputs, features = blobs(spec)
    context = np.repeat([0, 1], len(features))
    both = np.tile(features, (2, 1))
    targets = both[np.arange(len(both)), context][:, None]
    found = [
        _follow(learner, Lessons.shared(inputs, targets, len(replicas), device), replicas, device)
        for learner in spec.learners.values()
    ]
    return Embedding(
        settings=spec.model_dump(mode="json"),
        setting=np.repeat(list(spec.learners), len(replicas)),
        seed=np.tile([replica.seed for replica in replicas], len(found)),
        hidden=np.concatenate([seen.hidden for seen in found]),
        context=context,
        first=both[:, 0],
        second=both[:, 1],
        loss=np.concatenate([seen.loss for seen in found]),
    )


def blobs(spec: ContextSpec) -> tuple[Floats, Floats]:
    """Images of blobs with a context, and the features of the blobs.

    A blob is a Gaussian of variance 1 on pixels from -1 to 1, of sum 1.

    Returns
    -------
    tuple
        Inputs (2 m, pixels^2 + 2), of which the last two are the context as one-hot: all blobs in
        the first, then all in the second. Features (m, 2): where the centre lies in either
        direction, from -1 to 1.
    """
    places = np.linspace(-1, 1, spec.positions)
    features = np.stack(np.meshgrid(places, places, indexing="ij"), axis=-1).reshape(-1, 2)
    pixels = np.linspace(-1, 1, spec.pixels)
    bumps = np.exp(-np.square(pixels - features[..., None]) / 2)
    images = (bumps[:, 1, :, None] * bumps[:, 0, None, :]).reshape(len(features), -1)
    images /= images.sum(axis=1, keepdims=True)
    context = np.repeat(np.eye(2), len(features), axis=0)
    return np.hstack([np.tile(images, (2, 1)), context]), features


def _follow(
    learner: LearnerSpec, lessons: Lessons, replicas: list[Replica], device: torch.device
) -> _Seen:
    networks = Networks(learner, lessons.inputs.shape[2], 1, replicas, device)
    seen = _Seen(networks, lessons)
    train(networks, lessons, replicas, seen.look)
    return seen
