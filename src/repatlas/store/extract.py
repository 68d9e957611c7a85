"""Makes the activation store of one network on one probe set."""

import contextlib
import json
import math
import os
import time
from collections.abc import Mapping

import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from torch import nn

from repatlas.errors import InputError
from repatlas.naming import excerpt
from repatlas.networks.build import build_model
from repatlas.networks.layers import layer_table
from repatlas.networks.model import Model, load_weights
from repatlas.store.probe import Probe, read_probe
from repatlas.store.progress import say
from repatlas.store.record import Recorder, device_of
from repatlas.store.removal import removed_ids
from repatlas.store.spec import ProbeSpec
from repatlas.store.writer import Header, write_store
from repatlas.tensor_file import read_metadata
from repatlas.training.checkpoints import weights_file
from repatlas.training.device import configure_process, device_name, resolve_device
from repatlas.training.predecessors import check_run
from repatlas.training.spec import RunSpec

CPU_MEMORY = 5 * 2**29
"""Bytes of working memory on a CPU: a job has 4 GiB, and torch itself takes a part."""

MOST_CLASSES = 1_000_000
MOST_STEPS = 2**53
"""What metadata of weights may say."""

SIZED = ("alexnet", "mlp", "imported")
"""Families whose weights may fit one size of images only."""

GPU_SHARE = 0.6
"""Share of the free memory of a GPU that one job takes."""


def extract(
    run: RunSpec,
    checkpoint: str,
    weights: str | os.PathLike[str],
    probe: ProbeSpec,
    data: str | os.PathLike[str],
    output: str | os.PathLike[str],
    threads: int = 1,
    device: str = "auto",
    without: str | os.PathLike[str] | None = None,
) -> None:
    """Run a trained network on a probe set and write its activation store.

    Parameters
    ----------
    run
        The run whose network it is.
    checkpoint
        Name of the weights in the run: ``final`` or that of a checkpoint.
    weights
        Their safetensors file, or the folder of the checkpoints.
    probe
        The probe set and what is kept of it.
    data
        File of the data set from which the probe set is taken.
    output
        The store to write.
    threads
        Threads of the CPU.
    device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:1``.
    without
        List of the images that the probe set does without, there if and only if its spec says so.

    Raises
    ------
    InputError
        A file that is absent, damaged or does not fit; a network that gives no finite numbers.
    OSError
        No space, no permission; nothing is left behind.
    """
    place = resolve_device(device)
    configure_process(place, threads)
    examples = read_probe(data, probe, removed_ids(without, run, probe))
    weights = weights_file(weights, checkpoint)
    metadata = read_metadata(weights)
    model = load_model(run, weights, metadata, examples).to(place)
    header: Header = {"run": run.as_json(), "checkpoint": checkpoint, "device": device_name(place)}
    with threadpool_limits(threads):
        write_activations(model, examples, output, {**header, **training_state(metadata, weights)})


def write_activations(
    model: nn.Module,
    probe: Probe,
    output: str | os.PathLike[str],
    header: Header,
    memory: int | None = None,
) -> None:
    """Run a network on a probe set and write its activation store.

    Parameters
    ----------
    model
        From uint8 images to logits, on the device where it is to run. Its mode, its weights and
        its running statistics are left as they are.
    probe
        The probe set.
    output
        The store to write.
    header
        Attributes of the file: see `repatlas.store.writer.write_store`.
    memory
        Bytes of working memory; None: what a job may take. Where the probe set needs more, it is
        streamed.

    Raises
    ------
    InputError
        Activations that are not finite, an unknown raw layer, an exact Gram beyond memory.
    OSError
        No space, no permission; nothing is left behind.
    """
    started = time.perf_counter()
    layers = layer_table(model, probe.images.shape[1:])
    with write_store(output, header, layers, probe) as writer:
        Recorder(model, probe, layers, writer).record(
            working_memory(model) if memory is None else memory
        )
    say(f"{len(layers)} layers on {len(probe)} images in {time.perf_counter() - started:.1f} s")


def load_model(
    run: RunSpec, weights: str | os.PathLike[str], metadata: Mapping[str, str], probe: Probe
) -> Model:
    """Build the network of a run and load its weights.

    Raises
    ------
    InputError
        Weights of another run, weights that do not fit the network, or images that do not fit it.
    """
    # Weights that say nothing of their run may come from elsewhere; whether they fit is seen later.
    if "run" in metadata:
        check_run(run, weights, run, json.loads(metadata["run"]))
    # The number of logits is the network's own, which probe images of other data do not know.
    classes = _whole(metadata, "classes", weights, len(probe.classes), MOST_CLASSES)
    model = build_model(
        run.network_spec.model_copy(update={"weights": None}),
        run.depth,
        run.width,
        classes,
        probe.images.shape[1:],
        seed=run.seed,
    )
    try:
        load_weights(model, weights)
    except InputError as error:
        raise InputError(f"{error}{_size_hint(run, probe)}") from error
    return model


def _size_hint(run: RunSpec, probe: Probe) -> str:
    """What else may be at fault where weights do not fit; empty if it cannot be the images."""
    if probe.data == run.data or run.network_spec.family not in SIZED:
        return ""
    images = "x".join(str(side) for side in probe.images.shape[1:])
    return (
        f"; or take a probe set whose images have the size of those of data '{run.data}': those of "
        f"data '{probe.data}' are {images}, and this network takes one size only"
    )


def training_state(
    metadata: Mapping[str, str], weights: str | os.PathLike[str]
) -> dict[str, int | float]:
    """Epoch, step and accuracies of weights from their metadata; NaN accuracies where unknown.

    Raises
    ------
    InputError
        Metadata that are no numbers.
    """
    moments = {name: _whole(metadata, name, weights, 0, MOST_STEPS) for name in ("epoch", "step")}
    accuracies = {
        name: _number(metadata, name, weights, math.nan)
        for name in ("train_accuracy", "test_accuracy")
    }
    return moments | accuracies


def working_memory(model: nn.Module) -> int:
    """Bytes that a job may work with where the model stands."""
    device = device_of(model)
    if device.type == "cuda":
        return int(GPU_SHARE * torch.cuda.mem_get_info(device)[0])
    return CPU_MEMORY


def _whole(
    metadata: Mapping[str, str],
    name: str,
    weights: str | os.PathLike[str],
    default: int,
    most: int,
) -> int:
    """A number that counts; one that is beyond reason would ask for memory beyond any."""
    number = _number(metadata, name, weights, float(default))
    if not (number.is_integer() and 0 <= number <= most):
        raise InputError(
            f"{os.fspath(weights)}: metadata {name} is {excerpt(metadata[name])!r}, not a count of "
            f"at most {most}"
        )
    return int(number)


def _number(
    metadata: Mapping[str, str], name: str, weights: str | os.PathLike[str], default: float
) -> float:
    text = metadata.get(name)
    if text is None:
        return default
    with contextlib.suppress(ValueError):
        return float(text)
    raise InputError(f"{os.fspath(weights)}: metadata {name} is {excerpt(text)!r}, not a number")
