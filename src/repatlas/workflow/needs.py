"""What a job is likely to need: memory and time, from depth, width and image size.

Rough on purpose: they keep a laptop from swapping and give a cluster something to schedule by.
"""

from collections.abc import Sequence

from repatlas.data.spec import DataSpec
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import RunSpec

BASE_MB = 900
"""A Python process with torch loaded and a data set of the laptop study."""

BATCH = 256
"""Images that networks are shown at once when their units are gathered."""

STREAMING_BYTES = 2.5 * 2**30
"""Size of the activations at hand above which an extraction on a CPU streams."""

SIZED = ("resnet", "shake_shake", "convnet", "mlp")
"""Families whose last stage has 64 channels at width 1."""

WIDEST = 4096
"""Units of the widest layer of any other network, such as AlexNet, at width 1."""

FULL_COUNT = {"photos": 6000, "digits": 1800, "cifar10": 60_000, "cifar100": 60_000}
"""Images of a whole data set; any other is taken as the largest of those."""

NATURAL_SIZE = {"photos": 32, "digits": 8, "mnist": 28, "pcam": 96}
"""Side of a data set's images in pixels where the study does not say; 32 for any other."""


def image_side(data: DataSpec) -> int:
    """Side of the images in pixels."""
    return data.size or NATURAL_SIZE.get(data.source, 32)


def image_count(data: DataSpec) -> int:
    """Number of training and test images together, at most."""
    whole = FULL_COUNT.get(data.source, 60_000)
    parts = (data.train, data.test)
    if any(part is None for part in parts):
        return whole
    return sum(part if isinstance(part, int) else round(part * whole) for part in parts if part)


def features(run: RunSpec) -> int:
    """Activations of one image over all layers: 7 layers to a residual block, halved by stage."""
    depth, width = run.depth or 18, run.width or 4
    return round(7 / 6 * depth * 16 * width * image_side(run.data_spec) ** 2 * 0.6)


def widest_layer(run: RunSpec) -> int:
    """Units of its widest layer: channels double from stage to stage."""
    return (64 if run.network_spec.family in SIZED else WIDEST) * (run.width or 1)


def data_memory(data: DataSpec) -> int:
    """Memory of preparing a data set, in MB: images and what is computed beside them."""
    return BASE_MB + round(8 * 3 * image_count(data) * image_side(data) ** 2 / 1e6)


def train_memory(run: RunSpec) -> int:
    """Memory of training, in MB: activations kept for the gradient, and their gradients."""
    activations = 4 * features(run) * run.training_spec.batch_size / 1e6
    return data_memory(run.data_spec) + round(2 * activations)


def train_minutes(run: RunSpec) -> int:
    """Time of training on one core, in minutes, generously."""
    images = image_count(run.data_spec) * max(1, run.training_spec.epochs)
    return 5 + round(images * features(run) * (run.width or 4) * 2e-9 / 60 * 3)


def extract_memory(run: RunSpec, probe: ProbeSpec) -> int:
    """Memory of extraction, in MB: eight copies of the widest layer, and two Grams.

    Above its limit the extraction streams, so that more images need no more memory.
    """
    count = probe.count or image_count(run.data_spec)
    widest = 16 * (run.width or 4) * image_side(run.data_spec) ** 2
    held = 256 if probe.stream else count
    activations = min(4 * 8 * held * widest, STREAMING_BYTES)
    return 350 + data_memory(run.data_spec) + round((activations + 16 * count**2) / 1e6)


def compare_memory(runs: int, run: RunSpec, probe: ProbeSpec) -> int:
    """Memory of comparing networks, in MB: one batch of their Grams and all pair matrices."""
    layers = 7 * (run.depth or 18) // 2 + 9
    grams = 4 * runs * layers * probe.batch_size**2 / 2
    pairs = 8 * 6 * (runs * layers) ** 2 / 2
    return 500 + round((2 * grams + pairs) / 1e6)


def relate_memory(runs: Sequence[RunSpec]) -> int:
    """Memory of relating units of networks, in MB: ten matrices of all units by all units."""
    units = sum(map(widest_layer, runs))
    return 500 + round(10 * 8 * units**2 / 1e6)


def gather_memory(runs: Sequence[RunSpec], bins: int) -> int:
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
    return data + relate_memory(runs) + round(activations + joint)
