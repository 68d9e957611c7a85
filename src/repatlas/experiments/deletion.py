"""Accuracy after residual blocks are deleted from the end of a stage (paper B, Fig 5).

A deleted block is the identity: its skip connection stays. The first block of a stage, which
projects to another shape, always stays.
"""

from collections.abc import Sequence

import numpy as np

from repatlas.errors import InputError
from repatlas.experiments.network import ProbedNetwork, require_own_images
from repatlas.experiments.passes import Step, apply, steps_of
from repatlas.experiments.results import Deletion
from repatlas.experiments.tally import Tally
from repatlas.store.progress import Progress
from repatlas.training.spec import RunSpec


def deletion(network: ProbedNetwork) -> Deletion:
    """Score a network on its probe images without the last blocks of one stage at a time.

    Parameters
    ----------
    network
        A resnet with residual connections or a Shake-Shake network, on images of its own data.

    Returns
    -------
    Deletion
        For each stage 0, 1, ... deleted blocks, up to all but the first.

    Raises
    ------
    InputError
        Another family, or images of other data.
    """
    require_residual(network.inputs.run)
    require_own_images(network)
    steps = steps_of(network.model)
    stages = _stages(steps)
    most = max(len(blocks) for blocks in stages)
    tally = _score(network, steps, stages, Tally(len(stages), most))
    rows = [
        (stage, deleted) for stage, blocks in enumerate(stages) for deleted in range(len(blocks))
    ]
    last = [steps[stages[stage][-1 - deleted]] for stage, deleted in rows]
    places = tuple(np.array(rows).T)
    return Deletion(
        subject=network.subject,
        stages=places[0] + 1,
        deleted=places[1],
        layers=np.array([_output_of(network, block) for block in last], dtype=np.int64),
        accuracy=tally.accuracy[places],
        loss=tally.loss[places],
    )


def require_residual(run: RunSpec) -> None:
    """Refuse a network whose blocks have no skip connection, or are not known.

    Raises
    ------
    InputError
        Names the families that will do.
    """
    spec = run.network_spec
    if spec.family == "shake_shake" or (spec.family == "resnet" and spec.residual):
        return
    raise InputError(
        f"{run.title}: blocks can be deleted from family resnet with residual connections and from "
        "shake_shake, because a skip connection must remain: leave this network out"
    )


def _stages(steps: Sequence[Step]) -> list[list[int]]:
    """Places of the blocks of each stage among the steps, in forward order."""
    names = sorted({step.path.partition(".")[0] for step in steps if ".block" in step.path})
    return [
        [number for number, step in enumerate(steps) if step.path.startswith(f"{name}.")]
        for name in names
    ]


def _score(
    network: ProbedNetwork, steps: Sequence[Step], stages: Sequence[Sequence[int]], tally: Tally
) -> Tally:
    """Scores by stage and number of deleted blocks; what is left in front runs once."""
    left = {
        number: (stage, len(blocks) - 1 - place)
        for stage, blocks in enumerate(stages)
        for place, number in enumerate(blocks)
    }
    progress, done = Progress(network.batch_count * len(left), "shortened networks"), 0
    for _, x, labels in network.batches():
        for number, step in enumerate(steps):
            x = step.module(x)
            if number in left:
                end = stages[left[number][0]][-1] + 1
                tally.add(left[number], apply(steps[end:], x), labels)
                done += 1
                progress.tell(done)
    return tally


def _output_of(network: ProbedNetwork, block: Step) -> int:
    """Index of the layer that is the output of a block."""
    return next(index for index in network.block_outputs if block.holds(network.layers[index].name))
