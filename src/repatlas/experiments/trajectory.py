"""A network over its training, checkpoint by checkpoint on one probe batch.

"On the Origins of the Block Structure Phenomenon", section 5 and Appendix F: CKA within a
checkpoint and with the final network (Fig 8, F.3, F.5), first components over time (F.4, F.6) and
share of variance over the first steps (F.7). The same images serve all checkpoints, so that
projections can be compared.
"""

import copy
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.experiments.network import ProbedNetwork
from repatlas.experiments.results import Trajectory
from repatlas.experiments.snapshot import take_snapshot
from repatlas.networks.model import Model, load_weights
from repatlas.similarity.features import FeatureGrams
from repatlas.similarity.grid import compare
from repatlas.store.extract import training_state
from repatlas.store.progress import Progress
from repatlas.tensor_file import read_metadata
from repatlas.training.checkpoints import FINAL
from repatlas.training.spec import checkpoint_names

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Moment:
    """A checkpoint: its name, when it was taken, its file (None: the final weights)."""

    name: str
    epoch: int
    step: int
    path: Path | None

    @property
    def compared(self) -> bool:
        """Whether it has heat maps; one of the first steps has none."""
        return not self.name.startswith("step-")


@dataclass(frozen=True, eq=False)
class Sight:
    """What is kept of one checkpoint; its Grams are not."""

    share: NDArray[np.float64]
    components: Float32
    norms: Float32
    within: Float32 | None
    final: Float32 | None


def trajectory(network: ProbedNetwork, checkpoints: str | os.PathLike[str]) -> Trajectory:
    """Follow a network from its initialisation to its end.

    Parameters
    ----------
    network
        The final network, on a probe set of one batch.
    checkpoints
        Folder of the checkpoints of its run.

    Raises
    ------
    InputError
        A probe set of several batches, a checkpoint that is missing or does not fit, or one whose
        activations are not finite.
    """
    _require_one_batch(network)
    moments = find_moments(network, checkpoints)
    outputs = network.subject.block_outputs
    model = copy.deepcopy(network.model)
    final = take_snapshot(network.model, network.probe, FINAL)
    progress = Progress(len(moments), "checkpoints")
    sights = []
    for number, moment in enumerate(moments, 1):
        sights.append(_look(moment, model, network, final, outputs))
        progress.tell(number)
    compared = [number for number, moment in enumerate(moments) if moment.compared]
    return Trajectory(
        subject=network.subject,
        checkpoints=tuple(moment.name for moment in moments),
        epochs=np.array([moment.epoch for moment in moments], dtype=np.int64),
        steps=np.array([moment.step for moment in moments], dtype=np.int64),
        ids=network.probe.ids,
        share=np.array([sight.share for sight in sights]),
        components=np.array([sight.components for sight in sights]),
        norms=np.array([sight.norms for sight in sights]),
        compared=np.array(compared, dtype=np.int64),
        cka_within=np.array([sights[number].within for number in compared]),
        cka_final=np.array([sights[number].final for number in compared]),
    )


def find_moments(network: ProbedNetwork, folder: str | os.PathLike[str]) -> list[Moment]:
    """Checkpoints of a run in the order of training, then its final weights.

    Raises
    ------
    InputError
        One is missing.
    """
    moments = []
    for name in checkpoint_names(network.inputs.run.training_spec):
        path = Path(folder) / f"{name}.safetensors"
        if not path.is_file():
            raise InputError(
                f"{Path(folder)} lacks checkpoint {name}: run the training of this recipe again"
            )
        state = training_state(read_metadata(path), path)
        moments.append(Moment(name, int(state["epoch"]), int(state["step"]), path))
    moments.sort(key=lambda moment: moment.step)
    return [*moments, Moment(FINAL, network.epoch, network.step, None)]


def _require_one_batch(network: ProbedNetwork) -> None:
    probe = network.probe
    if len(probe.batches) > 1:
        raise InputError(
            f"probe: {len(probe)} images in batches of {probe.spec.batch_size}: a trajectory is "
            f"seen through one batch; give count: {probe.spec.batch_size}"
        )


def _look(
    moment: Moment,
    model: Model,
    network: ProbedNetwork,
    final: FeatureGrams,
    outputs: Sequence[int],
) -> Sight:
    """Take in one checkpoint, whose weights ``model`` has afterwards."""
    grams = final
    if moment.path is not None:
        load_weights(model, moment.path)
        grams = take_snapshot(model, network.probe, moment.name)
    within, with_final = _compare(grams, final) if moment.compared else (None, None)
    return Sight(
        share=grams.component_share[:, 0],
        components=grams.component_vectors[outputs, 0].astype(np.float32),
        norms=grams.activation_norms[outputs].astype(np.float32),
        within=within,
        final=with_final,
    )


def _compare(grams: FeatureGrams, final: FeatureGrams) -> tuple[Float32, Float32]:
    """CKA (L, L) within a checkpoint, and of its layers with those of the final network."""
    # Of the final network with itself both are the same map.
    sources = [grams] if grams is final else [grams, final]
    pairs = {
        pair: found.cka_minibatch.astype(np.float32)
        for pair, found in compare(sources, [(0, 0), (0, len(sources) - 1)], removed=0).items()
    }
    return pairs[0, 0], pairs[0, len(sources) - 1]
