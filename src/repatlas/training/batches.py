"""Which examples make up which step of an epoch."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from repatlas.errors import InputError
from repatlas.training.seeds import stream_generator

LEAST = 2
"""Batch normalisation has no variance over fewer examples."""


def steps_per_epoch(examples: int, batch_size: int) -> int:
    """Number of batches of an epoch.

    The fewest that hold all examples and are no larger than ``batch_size``, but for odd numbers in
    batches of two, one of which has three.

    Raises
    ------
    InputError
        Fewer than two training examples.
    """
    if examples < LEAST:
        raise InputError(f"{examples} training images: training needs {LEAST} at least")
    return min(math.ceil(examples / batch_size), examples // LEAST)


def epoch_batches(
    examples: int, batch_size: int, order: int, epoch: int, device: torch.device
) -> Sequence[Tensor]:
    """Indices of the examples of each step of an epoch, in a fresh order, the same on any device.

    The batches of an epoch are as equal as they can be. A short last batch would be another kind
    of step: with a handful of examples batch normalisation has next to no statistics, and a whole
    step is made of them (4 of 900 images left over by batches of 128 kept a network of depth 56
    from fitting at all).

    Parameters
    ----------
    order
        Seed of the data order.
    epoch
        From 1.
    """
    shuffled = torch.randperm(examples, generator=stream_generator(order, "order", epoch))
    return shuffled.to(device).tensor_split(steps_per_epoch(examples, batch_size))
