"""Train ensembles of small networks on noisy labels, and compare their members."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.data.dataset import Dataset
from repatlas.ensembles.batch import Lessons, Places, first_networks
from repatlas.ensembles.compare import View
from repatlas.ensembles.descend import descend
from repatlas.ensembles.networks import Networks, predictions
from repatlas.ensembles.results import TrainedEnsemble
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.ensembles.tasks import draw_task

Row = dict[str, Any]
"""A row of a table in long form, by the names of its columns."""

UNTRAINED: Row = {"samples": 0, "snr": float("nan")}
"""What stands for samples and noise of networks before their first step."""


def train_ensemble(
    spec: EnsembleSpec, dataset: Dataset | None, device: torch.device
) -> TrainedEnsemble:
    """Train the networks of every setting; those of all noise levels and draws at once.

    Parameters
    ----------
    spec
        What is trained, and how.
    dataset
        The images, where the spec names a data set.
    device
        Where the networks are trained.

    Raises
    ------
    InputError
        No data set where one is needed, too few images in it, or a training that diverged.
    """
    ensemble = _Ensemble(spec, dataset, device)
    pairs: list[Row] = list(ensemble.untrained())
    members: list[Row] = []
    for samples in spec.samples:
        networks, errors = ensemble.trained(samples)
        views = ensemble.views(networks)
        pairs += ensemble.pairs(views, samples)
        members += ensemble.members(views, samples, errors)
    parameters = spec.width * (ensemble.inputs + ensemble.outputs)
    linear = spec.activation == "linear"
    return TrainedEnsemble(
        settings=spec.model_dump(mode="json"),
        inputs=ensemble.inputs,
        outputs=ensemble.outputs,
        parameters=parameters,
        threshold=float(ensemble.inputs if linear else parameters / ensemble.outputs),
        **_columns("pair", pairs),
        **_columns("member", members),
    )


class _Ensemble:
    """The networks of a spec before their first step, with what they learn from."""

    def __init__(self, spec: EnsembleSpec, dataset: Dataset | None, device: torch.device) -> None:
        self.spec = spec
        self.tasks = [draw_task(spec, draw, dataset) for draw in range(spec.draws)]
        self.inputs = self.tasks[0].held_out.inputs.shape[1]
        self.outputs = self.tasks[0].held_out.targets.shape[1]
        self.places = Places.of(spec)
        self.lessons = Lessons.of(spec, self.tasks, device)
        self.start = first_networks(spec, self.places, self.inputs, self.outputs, device)

    def trained(self, samples: int) -> tuple[Networks, NDArray[np.float64]]:
        """Networks after training on so many samples, and the error (B,) of each on them."""
        inputs, targets = self.lessons.of_networks(self.places, samples)
        networks = descend(self.start, inputs, targets, self.spec)
        said = predictions(networks.outputs(networks.hidden(inputs)), self.spec.loss)
        errors = (said - targets).square().sum(dim=2).mean(dim=1)
        # Over few samples the targets of a class may not vary: the mean square is never 0.
        return networks, (errors / targets.square().sum(dim=2).mean(dim=1)).double().cpu().numpy()

    def views(self, networks: Networks) -> list[View]:
        """What each network makes of the held-out inputs of its draw."""
        hidden = networks.hidden(self.lessons.held_out[self.places.draw])
        outputs = networks.outputs(hidden)
        parts = map(_array, (hidden, outputs, predictions(outputs, self.spec.loss)))
        return [View(*part) for part in zip(*parts, strict=True)]

    def untrained(self) -> Iterator[Row]:
        """Pairs of members before the first step, which no sample and no noise has touched."""
        views = self.views(self.start)
        for group in self.places.groups():
            if self.places.snr[group[0]] == 0:
                pairs = itertools.combinations(group[: self.spec.members].tolist(), 2)
                yield from self._compared(views, pairs, "untrained", UNTRAINED)

    def pairs(self, views: Sequence[View], samples: int) -> Iterator[Row]:
        """Pairs of members, and of members with networks of shuffled labels."""
        for group in self.places.groups():
            own, others = group[: self.spec.members].tolist(), group[self.spec.members :].tolist()
            setting = {"samples": samples, "snr": self.spec.snrs[self.places.snr[group[0]]]}
            yield from self._compared(views, itertools.combinations(own, 2), "trained", setting)
            yield from self._compared(views, itertools.product(own, others), "shuffled", setting)

    def members(
        self, views: Sequence[View], samples: int, errors: NDArray[np.float64]
    ) -> Iterator[Row]:
        """How well each member does on what it was trained on, and on held-out inputs."""
        for place in np.flatnonzero(self.places.member < self.spec.members).tolist():
            task, view = self.tasks[self.places.draw[place]], views[place]
            yield {
                "samples": samples,
                "snr": self.spec.snrs[self.places.snr[place]],
                **self._start_of(place),
                "number": int(self.places.member[place]),
                "train_error": float(errors[place]),
                "test_error": view.error(task),
                "mistakes": view.mistakes(task),
            }

    def _compared(
        self, views: Sequence[View], pairs: Iterable[tuple[int, int]], kind: str, setting: Row
    ) -> Iterator[Row]:
        for first, second in pairs:
            yield {
                **setting,
                **self._start_of(first),
                "kind": kind,
                "first": int(self.places.member[first]),
                "second": int(self.places.member[second]),
                **views[first].alikeness(views[second])._asdict(),
            }

    def _start_of(self, place: int) -> Row:
        scale = self.spec.init_scales[self.places.scale[place]]
        return {"scale": scale, "draw": int(self.places.draw[place])}


def _array(tensor: Tensor) -> NDArray[np.float64]:
    return tensor.double().cpu().numpy()


def _columns(table: str, rows: Sequence[Row]) -> Row:
    """Columns of a table by the names of a record's items."""
    return {f"{table}_{name}": np.array([row[name] for row in rows]) for name in rows[0]}
