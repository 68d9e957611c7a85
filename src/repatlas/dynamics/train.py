"""Train many networks at once, each by the gradient of its own loss, and look at them on the way.

Losses are summed over the networks, so that the gradient of each is what it would be alone.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from repatlas.dynamics.batches import Batches, Dropout
from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import Masks, Networks
from repatlas.dynamics.optimisers import optimiser_of
from repatlas.dynamics.replicas import Replica
from repatlas.store.progress import Progress

Losses = NDArray[np.floating]
Rows = NDArray[np.int64]

Look = Callable[[int, Networks, Rows], Losses]
"""Record networks after a number of steps, and give their losses (R,) on all that they learn; rows
says which of the replicas they are."""


def train(networks: Networks, lessons: Lessons, replicas: Sequence[Replica], look: Look) -> None:
    """Train networks in place, looking at all that still learn every so many steps.

    A replica whose loss is no longer finite has diverged and leaves, and so does one whose loss is
    small enough; training ends with the last of them. The last look is after the last step.

    Parameters
    ----------
    networks
        R networks before their first step; their spec says how they learn.
    lessons
        Examples of each.
    replicas
        The R networks.
    look
        Called at step 0 and after every `record_every` steps.
    """
    spec = networks.spec
    rows = np.arange(len(replicas))
    batches, dropout = Batches(lessons, spec.batch, replicas), Dropout(networks, replicas)
    optimiser, progress = optimiser_of(spec), Progress(spec.steps, "steps")
    for step in range(spec.steps + 1):
        if step % spec.record_every == 0:
            progress.tell(max(step, 1))
            with torch.no_grad():
                losses = look(step, networks, rows)
            stay = np.isfinite(losses) & ~(losses <= spec.stop_loss)
            if step == spec.steps or not stay.any():
                break
            if not stay.all():
                rows = rows[stay]
                for part in (networks, batches, dropout, optimiser):
                    part.keep(stay)
        examples = batches.draw()
        gradients = _gradients(networks, examples, dropout.draw(examples))
        with torch.no_grad():
            optimiser.step(networks.parameters, gradients)


def _gradients(
    networks: Networks, examples: Lessons, masks: Masks | None
) -> tuple[torch.Tensor, ...]:
    losses = examples.losses(networks.outputs(examples.inputs, masks))
    return torch.autograd.grad(losses.sum(), networks.parameters)
