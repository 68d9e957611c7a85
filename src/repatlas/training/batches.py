"""Which examples make up which step of an epoch."""

from collections.abc import Sequence

import torch
from torch import Tensor

from repatlas.errors import InputError
from repatlas.training.seeds import stream_generator

LEAST = 2
"""Batch normalisation has no variance over fewer examples."""


def steps_per_epoch(examples: int, batch_size: int) -> int:
    """Number of batches of an epoch.

    The last, smaller batch counts unless it has a single example, which sits that epoch out.

    Raises
    ------
    InputError
        Fewer than two training examples.
    """
    if examples < LEAST:
        raise InputError(f"{examples} training images: training needs {LEAST} at least")
    return examples // batch_size + (examples % batch_size >= LEAST)


def epoch_batches(
    examples: int, batch_size: int, order: int, epoch: int, device: torch.device
) -> Sequence[Tensor]:
    """Indices of the examples of each step of an epoch, in a fresh order, the same on any device.

    Parameters
    ----------
    order
        Seed of the data order.
    epoch
        From 1.
    """
    shuffled = torch.randperm(examples, generator=stream_generator(order, "order", epoch))
    return shuffled.to(device).split(batch_size)[: steps_per_epoch(examples, batch_size)]
