"""A trained network on a probe set, opened from its files: what every experiment begins with."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from torch import Tensor

from repatlas.errors import InputError
from repatlas.networks.layer_table import Layer
from repatlas.networks.layers import layer_table
from repatlas.networks.model import Model
from repatlas.networks.modes import evaluation_mode
from repatlas.records import Subject
from repatlas.store.extract import load_model, training_state
from repatlas.store.probe import Probe, read_probe
from repatlas.store.record import device_of, exact_arithmetic
from repatlas.store.spec import ProbeSpec
from repatlas.tensor_file import read_metadata
from repatlas.training.checkpoints import FINAL
from repatlas.training.device import configure_process, resolve_device
from repatlas.training.spec import RunSpec

BATCH = 256
"""Images of one forward pass where the pass gathers no statistics."""


@dataclass(frozen=True)
class NetworkInputs:
    """Where a network and its probe set lie, and where it is to run.

    Attributes
    ----------
    run
        The run whose network it is.
    weights
        The safetensors file of its weights.
    probe
        The probe set.
    data
        File of the data set from which the probe set is taken.
    checkpoint
        Name of the weights in the run: ``final`` or that of a checkpoint.
    threads
        Threads of the CPU.
    device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:1``.
    """

    run: RunSpec
    weights: str | os.PathLike[str]
    probe: ProbeSpec
    data: str | os.PathLike[str]
    checkpoint: str = FINAL
    threads: int = 1
    device: str = "auto"


@dataclass(frozen=True, eq=False)
class ProbedNetwork:
    """A network ready to run on its probe set.

    Attributes
    ----------
    inputs
        Where it comes from.
    model
        From uint8 images to logits, on its device.
    probe
        The probe set.
    subject
        What records tell of it.
    epoch, step
        When in training the weights were taken.
    """

    inputs: NetworkInputs
    model: Model
    probe: Probe
    subject: Subject
    epoch: int
    step: int

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layer table, input to output."""
        return self.subject.layers

    @property
    def block_outputs(self) -> list[int]:
        """Indices of the block outputs among the layers.

        Raises
        ------
        InputError
            The network marks none.
        """
        found = self.subject.block_outputs
        if not found:
            raise InputError(
                f"{self.inputs.run.title}: no module of the network has `block_output = True`: "
                "mark those whose outputs are to be looked at"
            )
        return found

    @property
    def batch_count(self) -> int:
        """How many `batches` there are."""
        return -(-len(self.probe) // BATCH)

    def batches(self) -> Iterator[tuple[slice, Tensor, Tensor]]:
        """Rows of the probe set with their images (b, 3, h, w) and labels (b,), on the device."""
        device = device_of(self.model)
        for start in range(0, len(self.probe), BATCH):
            rows = slice(start, start + BATCH)
            images, labels = self.probe.images[rows], self.probe.labels[rows]
            yield rows, torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device)


@contextmanager
def open_network(inputs: NetworkInputs) -> Iterator[ProbedNetwork]:
    """Give a network in evaluation mode, with exact arithmetic and without gradients.

    Raises
    ------
    InputError
        A file that is absent, damaged or does not fit, or a device that is not there.
    """
    with open_networks([inputs]) as (network,):
        yield network


@contextmanager
def open_networks(inputs: Sequence[NetworkInputs]) -> Iterator[tuple[ProbedNetwork, ...]]:
    """Give several networks at once as `open_network` gives one; errors as there.

    Parameters
    ----------
    inputs
        One or more; probe set, data, threads and device of the first hold for all.
    """
    first = inputs[0]
    place = resolve_device(first.device)
    configure_process(place, first.threads)
    probe = read_probe(first.data, first.probe)
    networks = tuple(_read(each, probe, place) for each in inputs)
    with (
        threadpool_limits(first.threads),
        exact_arithmetic(),
        ExitStack() as modes,
        torch.inference_mode(),
    ):
        for network in networks:
            modes.enter_context(evaluation_mode(network.model))
        yield networks


def require_own_images(network: ProbedNetwork) -> None:
    """Refuse a probe set on which the outputs of a network as it was trained mean nothing.

    Raises
    ------
    InputError
        Images of other data than the run's, whose classes are not the network's, or batch
        normalisation with the statistics of the probe batches.
    """
    run, spec = network.inputs.run, network.probe.spec
    if network.probe.data != run.data:
        raise InputError(
            f"probe, data: images of '{network.probe.data}' have other classes than {run.title} "
            f"was trained on; give images of '{run.data}'"
        )
    if spec.batch_norm != "inference":
        raise InputError(
            f"probe, batch_norm: {spec.batch_norm}: accuracy and the answer to single images are "
            "those of the network as it was trained; give batch_norm: inference"
        )


def _read(inputs: NetworkInputs, probe: Probe, place: torch.device) -> ProbedNetwork:
    metadata = read_metadata(inputs.weights)
    model = load_model(inputs.run, inputs.weights, metadata, probe).to(place)
    state = training_state(metadata, inputs.weights)
    subject = Subject(
        run=json.loads(inputs.run.as_json()),
        checkpoint=inputs.checkpoint,
        probe=inputs.probe.model_dump(mode="json"),
        layers=tuple(layer_table(model, probe.images.shape[1:])),
        train_accuracy=float(state["train_accuracy"]),
        test_accuracy=float(state["test_accuracy"]),
    )
    return ProbedNetwork(inputs, model, probe, subject, int(state["epoch"]), int(state["step"]))
