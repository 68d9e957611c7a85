"""Where the networks of an ensemble stand in one batch, and what each of them learns from."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.ensembles.networks import Networks, initial_networks
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.ensembles.tasks import Task, noisy_targets, shuffled

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Places:
    """Setting of each of the B networks of a batch.

    Attributes
    ----------
    draw, scale, snr
        (B,) places in the draws, initial scales and noise levels of the spec.
    member
        (B,) number within the setting; from `members` of the spec on: of shuffled labels.
    """

    draw: Integers
    scale: Integers
    snr: Integers
    member: Integers

    @classmethod
    def of(cls, spec: EnsembleSpec) -> "Places":
        """All networks that a spec trains at once, members fastest."""
        counts = spec.draws, len(spec.init_scales), len(spec.snrs), spec.members + spec.shuffled
        return cls(*(part.ravel() for part in np.indices(counts)))

    def groups(self) -> list[Integers]:
        """Networks of each setting, members first."""
        count = int(self.member.max()) + 1
        return list(np.arange(len(self.member)).reshape(-1, count))


@dataclass(frozen=True, eq=False)
class Lessons:
    """What the networks of a batch learn from and are tested on.

    Attributes
    ----------
    inputs
        (draws, sets, n, d), as many examples as the largest training set has.
    targets
        (draws, SNRs, networks, n, k) with each network's own noise.
    held_out
        (draws, m, d).
    """

    inputs: Tensor
    targets: Tensor
    held_out: Tensor

    @classmethod
    def of(cls, spec: EnsembleSpec, tasks: list[Task], device: torch.device) -> "Lessons":
        """Gather the tasks of all draws, with noise; targets of the null in random order."""
        targets = [_targets(spec, task, draw) for draw, task in enumerate(tasks)]
        inputs = [np.stack([part.inputs for part in task.training]) for task in tasks]
        held_out = [task.held_out.inputs for task in tasks]

        def tensor(parts: list[NDArray[np.float64]]) -> Tensor:
            return torch.from_numpy(np.stack(parts).astype(np.float32)).to(device)

        return cls(tensor(inputs), tensor(targets), tensor(held_out))

    def of_networks(self, places: Places, samples: int) -> tuple[Tensor, Tensor]:
        """Inputs (B, n, d) and targets (B, n, k) of each network, the first so many examples."""
        sets = places.member if self.inputs.shape[1] > 1 else np.zeros_like(places.member)
        inputs = self.inputs[places.draw, sets, :samples]
        return inputs, self.targets[places.draw, places.snr, places.member, :samples]


def _targets(spec: EnsembleSpec, task: Task, draw: int) -> NDArray[np.float64]:
    """(SNRs, networks, n, k) of one draw."""
    generator = np.random.default_rng([spec.seed, draw, 2])
    found = []
    for number in range(spec.members + spec.shuffled):
        examples = task.training[number if len(task.training) > 1 else 0]
        if number >= spec.members:
            examples = shuffled(examples, generator)
        found.append(noisy_targets(examples, task.codes, spec.snrs, generator))
    return np.stack(found, axis=1)


def first_networks(
    spec: EnsembleSpec, places: Places, inputs: int, outputs: int, device: torch.device
) -> Networks:
    """All networks of a batch before their first step."""
    drawn = [initial_networks(spec, inputs, outputs, draw, device) for draw in range(spec.draws)]
    scales = torch.tensor(spec.init_scales, device=device)[places.scale][:, None, None]
    layers = (
        torch.stack([networks.first for networks in drawn]),
        torch.stack([networks.second for networks in drawn]),
    )
    first, second = (layer[places.draw, places.member] * scales for layer in layers)
    return Networks(first, second, spec.activation)
