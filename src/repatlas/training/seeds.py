"""Seeds of everything random in training, each a function of the order seed and the epoch.

No generator lives longer than an epoch, so no generator's state has to be kept for a training
that is killed to go on as if nothing had happened.
"""

from typing import Literal

import numpy as np
import torch

Stream = Literal["order", "augmentation", "noise", "component"]
STREAMS: tuple[Stream, ...] = ("order", "augmentation", "noise", "component")


def stream_seed(order: int, stream: Stream, epoch: int) -> int:
    """Seed of one stream in one epoch, from 0 to 2^63 - 1; epoch 0 is before the first step.

    It is the first word that ``numpy.random.SeedSequence(order, spawn_key=(k, epoch))`` yields, k
    being the place of the stream in ``STREAMS``: a hash whose outputs are unrelated for any two
    different inputs, and which numpy keeps unchanged from version to version.
    """
    sequence = np.random.SeedSequence(order, spawn_key=(STREAMS.index(stream), epoch))
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))


def stream_generator(order: int, stream: Stream, epoch: int) -> torch.Generator:
    """A generator on the CPU, whatever the device: all devices then see the same order."""
    return torch.Generator().manual_seed(stream_seed(order, stream, epoch))
