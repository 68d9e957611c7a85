"""Replicas of a network: every one has random numbers of its own."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np

Stream = Literal["weights", "order", "dropout", "images"]
STREAMS: tuple[Stream, ...] = ("weights", "order", "dropout", "images")


class Replica(NamedTuple):
    """One network of a batch.

    What it draws does not depend on the networks beside it: alone it is the same network.

    Attributes
    ----------
    seed
        Of everything random in it.
    pair
        Number of the pair of points that it learns.
    start
        Networks of one seed and start draw the same numbers.
    """

    seed: int
    pair: int = 0
    start: int = 0

    def generator(self, stream: Stream) -> np.random.Generator:
        """Source of one kind of its random numbers."""
        return np.random.default_rng([self.seed, self.start, STREAMS.index(stream)])


def replicas_of(
    seed: int, count: int, pairs: int = 1, *, shared_start: bool = False
) -> list[Replica]:
    """Replicas with seeds from one on, each with all pairs; pairs fastest.

    With a shared start the networks of a seed are the same before they learn, whatever their pair.
    """
    return [
        Replica(seed + number, pair, 0 if shared_start else pair)
        for number in range(count)
        for pair in range(pairs)
    ]


def generators(replicas: Iterable[Replica], stream: Stream) -> list[np.random.Generator]:
    """Sources of one kind of random numbers, one a replica."""
    return [replica.generator(stream) for replica in replicas]
