"""Accuracy of a network while a direction of feature space is projected out at inference.

Beyond the papers: whether the block matters to what the network puts out.
"""

import hashlib
from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.experiments.directions import Directions, probe_directions
from repatlas.experiments.measured import Measured
from repatlas.experiments.network import ProbedNetwork, require_own_images
from repatlas.experiments.passes import Edit, apply, first_step, replaced, steps_of
from repatlas.experiments.results import Ablation
from repatlas.experiments.tally import Tally
from repatlas.store.progress import Progress

COMPONENTS = 2
"""The first component, and the second to hold beside it."""

RANDOM = 1
"""Random directions over which the control is averaged; the block outputs have one each."""


def ablation(network: ProbedNetwork, measured: Measured) -> Ablation:
    """Score a network on its probe images without one direction of one layer at a time.

    At a block output ``x`` becomes ``x - v v' (x - m)`` for a unit vector v and the mean m over
    the probe images: first component, second component, and random directions as control. In the
    end the first component goes at every block output of the block at once, with the directions
    of the intact network.

    Parameters
    ----------
    network
        On images of its own data.
    measured
        With two components a layer.

    Raises
    ------
    InputError
        Images of other data, or a store that is not of these weights.
    """
    require_own_images(network)
    directions = probe_directions(network, measured)
    variants = [
        _edits(name, part) for name, part in zip(_output_names(network), directions, strict=True)
    ]
    single, whole = _score_single(network, variants)
    block = _score_block(network, measured.block, [edits[0] for edits in variants])
    return Ablation(
        subject=network.subject,
        layers=np.array(network.block_outputs, dtype=np.int64),
        accuracy=_by_kind(single.accuracy),
        loss=_by_kind(single.loss),
        block_accuracy=float(block.accuracy[0]),
        block_loss=float(block.loss[0]),
        whole_accuracy=float(whole.accuracy[0]),
        whole_loss=float(whole.loss[0]),
    )


def without(direction: Tensor, mean: Tensor, x: Tensor) -> Tensor:
    """Activations (b, ...) without their part along a unit vector: ``x - v v' (x - m)``.

    Parameters
    ----------
    direction, mean
        (p,).
    x
        (b, ...) with p values an example, in the order of ``x.flatten(1)``.
    """
    channels_last = x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    v, m = (
        part.to(x.dtype).view(1, *x.shape[1:]).contiguous(memory_format=layout)
        for part in (direction, mean)
    )
    along = ((x - m) * v).sum(dim=tuple(range(1, x.dim())), keepdim=True)
    return x - along * v


def random_direction(layer: str, number: int, features: int) -> Tensor:
    """Unit vector (p,) of a uniformly random direction, decided by its arguments alone."""
    seed = hashlib.sha256(f"{layer} {number}".encode()).digest()
    values = np.random.default_rng(list(seed)).standard_normal(features)
    return torch.from_numpy(values / np.linalg.norm(values))


def _edits(layer: str, directions: Directions) -> list[Edit | None]:
    """What is done to a layer: one a component (None where it has none), one a random direction."""
    mean = directions.mean
    chosen = [*directions.vectors]
    chosen += [
        random_direction(layer, number, len(mean)).to(mean.device) for number in range(RANDOM)
    ]
    return [partial(without, v, mean) if v.isfinite().all() else None for v in chosen]


def _score_single(
    network: ProbedNetwork, variants: Sequence[Sequence[Edit | None]]
) -> tuple[Tally, Tally]:
    """Scores (B, COMPONENTS + RANDOM) of the variants, and (1,) of the intact network.

    What lies before a layer runs once for all that is done to it.
    """
    steps, names = steps_of(network.model), _output_names(network)
    rows = [
        [row for row, name in enumerate(names) if first_step(steps, name) == number]
        for number in range(len(steps))
    ]
    tally, whole = Tally(len(names), COMPONENTS + RANDOM), Tally(1)
    work = sum(len(found) * (len(steps) - number) for number, found in enumerate(rows))
    progress, done = Progress(work * network.batch_count, "modules run without a direction"), 0
    for _, x, labels in network.batches():
        for number, step in enumerate(steps):
            for row in rows[number]:
                for column, edit in enumerate(variants[row]):
                    if edit is not None:
                        with replaced(network.model, {names[row]: edit}):
                            tally.add((row, column), apply(steps[number:], x), labels)
                done += len(steps) - number
                progress.tell(done)
            x = step.module(x)
        whole.add((0,), x, labels)
    return tally, whole


def _score_block(
    network: ProbedNetwork, block: Sequence[int], edits: Sequence[Edit | None]
) -> Tally:
    """Score (1,) with all of these edits of a block at once; none where there is no block."""
    tally = Tally(1)
    chosen = dict(zip(network.block_outputs, edits, strict=True))
    found = {network.layers[index].name: chosen[index] for index in block}
    # Every layer of a block has a first component: its share is above a threshold.
    together = {name: edit for name, edit in found.items() if edit is not None}
    for _, images, labels in network.batches() if block else ():
        with replaced(network.model, together):
            tally.add((0,), network.model(images), labels)
    return tally


def _output_names(network: ProbedNetwork) -> list[str]:
    return [network.layers[index].name for index in network.block_outputs]


def _by_kind(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores (B, 3) of the two components and of the mean random direction."""
    mean = scores[:, COMPONENTS:].mean(axis=1, keepdims=True)
    return np.concatenate([scores[:, :COMPONENTS], mean], axis=1)
