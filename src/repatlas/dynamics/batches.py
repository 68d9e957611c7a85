"""Which examples make a step, and what is dropped in it: each replica has an order of its own."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import Masks, Networks
from repatlas.dynamics.replicas import Replica, generators


class Batches:
    """Examples of every step.

    Parameters
    ----------
    lessons
        All examples.
    size
        Examples of a step; None for all of them.
    replicas
        The networks that learn.
    """

    def __init__(self, lessons: Lessons, size: int | None, replicas: Sequence[Replica]) -> None:
        self._lessons = lessons
        self._size = lessons.count if size is None else min(size, lessons.count)
        self._sources = generators(replicas, "order")
        self._waiting: list[Tensor] = []

    def draw(self) -> Lessons:
        """Examples of the next step; the last step of a round of all may have fewer."""
        if self._size == self._lessons.count:
            return self._lessons
        if not self._waiting:
            orders = np.stack([source.permutation(self._lessons.count) for source in self._sources])
            order = torch.from_numpy(orders).to(self._lessons.inputs.device)
            self._waiting = list(order.split(self._size, dim=1))
        return self._lessons.take(self._waiting.pop(0))

    def keep(self, places: NDArray[np.bool_]) -> None:
        """Let go of the replicas whose place is False."""
        self._lessons = self._lessons.of_replicas(places)
        self._sources = _kept(self._sources, places)
        chosen = torch.from_numpy(places)
        self._waiting = [batch[chosen.to(batch.device)] for batch in self._waiting]


class Dropout:
    """What is dropped in every step of networks of the kind that drops something.

    Parameters
    ----------
    networks
        The networks that learn.
    replicas
        The same.
    """

    def __init__(self, networks: Networks, replicas: Sequence[Replica]) -> None:
        spec = networks.spec
        self._rate = spec.dropout if spec.kind == "dropout" else 0.0
        self._widths = [layer.weight.shape[1] for layer in networks.layers]
        self._sources = generators(replicas, "dropout")

    def draw(self, examples: Lessons) -> Masks | None:
        """Factors of what goes into each layer in the next step, 0 or 1 / (1 - rate)."""
        if self._rate == 0:
            return None
        shape = (examples.count, sum(self._widths))
        drawn = np.stack([source.random(shape, dtype=np.float32) for source in self._sources])
        kept = torch.from_numpy(drawn).to(examples.inputs.device) >= self._rate
        return (kept / (1 - self._rate)).split(self._widths, dim=2)

    def keep(self, places: NDArray[np.bool_]) -> None:
        """Let go of the replicas whose place is False."""
        self._sources = _kept(self._sources, places)


def _kept(
    sources: Sequence[np.random.Generator], places: NDArray[np.bool_]
) -> list[np.random.Generator]:
    return [source for source, stays in zip(sources, places, strict=True) if stays]
