"""How large a job is: the memory and time that its networks and images account for.

Everything here is what a job needs beside the process itself, from depth, width, number and size of
images. It is rough on purpose; `repatlas.workflow.resources` makes requests of it, by coefficients
that are fitted to measured jobs.
"""

from collections.abc import Sequence
from typing import Literal

from repatlas.data.spec import DataSpec
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import RunSpec

BATCH = 256
"""Images that networks are shown at once where not all are held."""

STREAMING_BYTES = 2.5 * 2**30
"""Size of what an extraction on a CPU holds at once, above which it streams."""

SIZED = ("resnet", "shake_shake", "convnet", "mlp")
"""Families whose last stage has 64 channels at width 1."""

WIDEST = 4096
"""Units of the widest layer of any other network, such as AlexNet, at width 1."""

TRAINING = {"photos": 5000, "digits": 1438, "pcam": 262_144, "mnist": 60_000}
"""Training images of a whole data set; 50,000 of any other."""

TEST = {"photos": 1000, "digits": 359, "pcam": 32_768}
"""Test images of a whole data set; 10,000 of any other."""

NATURAL_SIZE = {"photos": 32, "digits": 8, "mnist": 28, "pcam": 96}
"""Side of a data set's images in pixels where the study does not say; 32 for any other."""

FORWARD_SECONDS = 2e-9
"""Of one activation of one image, for each unit of width, forward, on one core."""

PASSES = 3
"""Forward passes that a step of training costs."""

FLOPS = 2e10
"""Floating-point operations a second, of products of matrices on one core."""

SLOW_FLOPS = 2e9
"""The same of everything that is not a product of large matrices."""

SPECTRUM_FLOPS = 20
"""Operations of a singular value decomposition, over the cube of its size."""


def image_side(data: DataSpec) -> int:
    """Side of the images in pixels."""
    return data.size or NATURAL_SIZE.get(data.source, 32)


def split_count(data: DataSpec, split: Literal["train", "test"]) -> int:
    """Images of a split: a count, a share of all, or all."""
    training = split == "train"
    part = data.train if training else data.test
    whole = TRAINING.get(data.source, 50_000) if training else TEST.get(data.source, 10_000)
    if part is None:
        return whole
    return part if isinstance(part, int) else round(part * whole)


def image_count(data: DataSpec) -> int:
    """Number of training and test images together."""
    return split_count(data, "train") + split_count(data, "test")


def features(run: RunSpec) -> float:
    """Activations of one image over all layers: 7 layers to a residual block, halved by stage."""
    depth, width = run.depth or 18, run.width or 4
    return 7 / 6 * depth * 16 * width * image_side(run.data_spec) ** 2 * 0.6


def layer_count(run: RunSpec) -> int:
    """Layers of a network: 7 to a residual block of two convolutions."""
    return 7 * (run.depth or 18) // 2 + 9


def output_count(run: RunSpec) -> int:
    """Block outputs of a network."""
    return (run.depth or 18) // 2 + 1


def widest_layer(run: RunSpec) -> int:
    """Units of its widest layer: channels double from stage to stage."""
    return (64 if run.network_spec.family in SIZED else WIDEST) * (run.width or 1)


def probe_count(run: RunSpec, probe: ProbeSpec) -> int:
    """Images of a probe set, at most."""
    return probe.count or split_count(run.data_spec, probe.split)


# Data and training.


def data_memory(data: DataSpec) -> float:
    """Memory of a data set, in MB: images and what is computed beside them."""
    return 8 * 3 * image_count(data) * image_side(data) ** 2 / 1e6


def train_memory(run: RunSpec) -> float:
    """Memory of training, in MB: activations kept for the gradient, and their gradients."""
    activations = 4 * features(run) * run.training_spec.batch_size / 1e6
    return data_memory(run.data_spec) + 2 * activations


def train_minutes(run: RunSpec) -> float:
    """Time of training on one core, in minutes."""
    images = split_count(run.data_spec, "train") * max(1, run.training_spec.epochs)
    return PASSES * _forward_minutes(run, images)


# Networks on a probe set.


def extract_memory(run: RunSpec, probe: ProbeSpec) -> float:
    """Memory of extraction, in MB: eight copies of the widest layer, and two Grams.

    Above its limit the extraction streams, so that more images need no more memory.
    """
    count = min(probe_count(run, probe), BATCH) if probe.stream else probe_count(run, probe)
    widest = 16 * (run.width or 4) * image_side(run.data_spec) ** 2
    held = 4 * 8 * count * widest + 16 * count**2
    return data_memory(run.data_spec) + min(held, STREAMING_BYTES) / 1e6


def extract_minutes(run: RunSpec, probe: ProbeSpec) -> float:
    """Time of extraction, in minutes: a forward pass, and the Grams of all layers."""
    count = probe_count(run, probe)
    rows = count if probe.exact else probe.batch_size
    grams = 2 * count * rows * features(run)
    return _forward_minutes(run, count) + grams / FLOPS / 60


def experiment_minutes(run: RunSpec, probe: ProbeSpec) -> float:
    """Time of an experiment, in minutes: as many forward passes as there are block outputs."""
    return output_count(run) * _forward_minutes(run, probe_count(run, probe))


def follow_minutes(run: RunSpec, probe: ProbeSpec, checkpoints: int) -> float:
    """Time of following a network through its checkpoints, in minutes."""
    return checkpoints * extract_minutes(run, probe)


def _forward_minutes(run: RunSpec, images: int) -> float:
    return images * features(run) * (run.width or 4) * FORWARD_SECONDS / 60


# Layers compared.


def compare_memory(runs: int, run: RunSpec, probe: ProbeSpec) -> float:
    """Memory of comparing networks, in MB: one batch of their Grams and all pair matrices."""
    layers = runs * layer_count(run)
    grams = 4 * layers * probe.batch_size**2 / 2
    pairs = 8 * 6 * layers**2 / 2
    return (2 * grams + pairs) / 1e6


def compare_minutes(runs: int, run: RunSpec, probe: ProbeSpec) -> float:
    """Time of comparing networks, in minutes: products of all Grams of every batch."""
    layers = runs * layer_count(run)
    return layers**2 * probe_count(run, probe) * probe.batch_size / FLOPS / 60


def measure_minutes(run: RunSpec, probe: ProbeSpec) -> float:
    """Time of all measures of one network, in minutes: spectra and transport for each pair."""
    pairs = output_count(run) ** 2 / 2
    spectrum = SPECTRUM_FLOPS * probe.batch_size**3
    transport = 1000 * widest_layer(run) ** 2
    return pairs * (spectrum + transport) / SLOW_FLOPS / 60


def translate_memory(run: RunSpec, probe: ProbeSpec) -> float:
    """Memory of translating examples, in MB: four copies of the kept activations of a layer."""
    kept = min(probe_count(run, probe), probe.raw_count or probe_count(run, probe))
    side = max(1, image_side(run.data_spec) // 4)
    return 4 * 8 * kept * widest_layer(run) * side**2 / 1e6


# Units of several networks related to each other.


def relate_memory(runs: Sequence[RunSpec]) -> float:
    """Memory of relating units of networks, in MB: ten matrices of all units by all units."""
    units = sum(map(widest_layer, runs))
    return 10 * 8 * units**2 / 1e6


def relate_minutes(runs: Sequence[RunSpec], cubes: float) -> float:
    """Time of relating units of every two networks either way, in minutes.

    Parameters
    ----------
    runs
        The networks.
    cubes
        Operations for a pair of networks and a layer, over the cube of its units.
    """
    units = max(map(widest_layer, runs))
    wide_layers = max(2, (runs[0].depth or 18) // 3)
    pairs = len(runs) * (len(runs) - 1)
    return pairs * wide_layers * cubes * units**3 / FLOPS / 60


def gather_memory(runs: Sequence[RunSpec], bins: int) -> float:
    """Memory of gathering units, in MB: activations of a batch, and sums over all pairs of units.

    Parameters
    ----------
    runs
        The networks.
    bins
        Bins of a unit where joint counts are taken, in layers of a quarter of the units; 0 without.
    """
    activations = 2 * 4 * BATCH * max(map(features, runs)) / 1e6
    joint = 2 * 8 * (sum(map(widest_layer, runs)) // 4 * bins) ** 2 / 1e6
    data = max(data_memory(run.data_spec) for run in runs)
    return data + relate_memory(runs) + activations + joint


def gather_minutes(runs: Sequence[RunSpec], probe: ProbeSpec) -> float:
    """Time of gathering units, in minutes: forward passes, and products of all units."""
    count = probe_count(runs[0], probe)
    forward = sum(_forward_minutes(run, count) for run in runs)
    # Each activation meets those of all units at its place, in every network.
    units = sum(map(widest_layer, runs))
    products = 2 * count * units * sum(map(features, runs))
    return forward + products / FLOPS / 60


def permute_minutes(runs: Sequence[RunSpec], probe: ProbeSpec, permutations: int) -> float:
    """Time of measuring examples, in minutes: a spectrum for each permutation, pair and layer."""
    pairs = len(runs) * (len(runs) - 1) / 2
    layers = runs[0].depth or 18
    spectrum = SPECTRUM_FLOPS * probe.batch_size**3
    return pairs * layers * permutations * spectrum / FLOPS / 60
