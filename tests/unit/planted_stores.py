"""Stores of planted networks, and the data set from which their probe images come."""

import functools
import itertools
from dataclasses import dataclass

import numpy as np
from planted_representations import FEATURES, IMAGES, KINDS, OUTPUTS, OWN, block, plain

from repatlas.data.dataset import Dataset, Split
from repatlas.data.spec import DataSpec
from repatlas.networks.layer_table import Layer
from repatlas.networks.spec import NetworkSpec
from repatlas.similarity.files import compare_stores
from repatlas.store.components import select_components
from repatlas.store.gram import linear_gram, pack_upper, u_center
from repatlas.store.probe import Probe
from repatlas.store.spec import ProbeSpec
from repatlas.store.writer import write_store
from repatlas.training.spec import RunSpec, TrainingSpec

DATA = DataSpec(source="photos", size=4)
PROBE = ProbeSpec(batch_size=32, components=2)
SEEDS = (0, 1, 2)
CLASSES = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Planted:
    """A cell: kind of representation by seed, and what the networks can do.

    Attributes
    ----------
    kinds
        By seed, or by initialisation and order.
    right
        Which images are classified: all, all but those that carry the block, or those of two
        classes, the first or the last.
    experiments
        What probes and records find: what the papers claim ("holding"), or the opposite
        ("failing"); None: there are none.
    probes
        Whether there are probes, too.
    """

    kinds: dict[int | tuple[int, int], str]
    depth: int = 56
    width: int = 1
    train_accuracy: float | dict[int, float] = 1.0
    test_accuracy: float = 0.8
    training: str = "standard"
    right: str = "all"
    experiments: str | None = None
    probes: bool = True

    @property
    def label(self):
        told = "" if self.training == "standard" else f", {self.training}"
        return f"RN-{self.depth} {self.width}x{told}"


def everywhere(kind, seeds=SEEDS, **facts):
    """A cell whose seeds are all of one kind."""
    return Planted(dict.fromkeys(seeds, kind), **facts)


def compared(store):
    """The similarity file of a store's layers with each other."""
    path = store.with_suffix(".similarity.h5")
    compare_stores([store], "within", path)
    return path


def write_planted(path, planted, key, kind=None):
    """The activation store of one network: block outputs of its kind, among other layers."""
    kind = kind or planted.kinds[key]
    seed = key if isinstance(key, int) else 10 * key[0] + key[1]
    accuracy = planted.train_accuracy
    header = {
        "run": run(planted, key).as_json(),
        "checkpoint": "final",
        "epoch": 40,
        "step": 320,
        "train_accuracy": accuracy if isinstance(accuracy, float) else accuracy.get(seed, 1.0),
        "test_accuracy": planted.test_accuracy,
    }
    # A layer inside a residual block comes before each block output, and is of another kind.
    other = plain if kind != "plain" else block
    activations = {}
    for layer in range(OUTPUTS):
        activations[f"conv{layer}"] = other(seed, layer)
        activations[f"relu{layer}"] = KINDS[kind](seed, layer)
    layers = [
        Layer(name, name[:4], 1, name.startswith("relu"), (FEATURES,), FEATURES)
        for name in activations
    ]
    with write_store(path, header, layers, probe()) as writer:
        for name, values in activations.items():
            fill(writer, name, values)
        writer.logits(0, logits(planted.right, seed))
    return path


def logits(right, seed):
    """Outputs (n, 4) that name the right class of some images, and the next one of the others."""
    labels = probe().labels
    known = {
        "all": np.ones(IMAGES, bool),
        "others": ~np.isin(np.arange(IMAGES), OWN.get(seed, [])),
        "first": labels < 2,
        "last": labels >= 2,
    }[right].copy()
    # What a seed has of its own, as everywhere: it misses another image.
    known[20 + seed] = False
    return 5 * np.eye(4, dtype=np.float32)[np.where(known, labels, (labels + 1) % 4)]


def fill(writer, name, values):
    centered = values - values.mean(axis=0)
    square = np.square(centered).sum(axis=1)
    batch = []
    for number, (start, stop) in enumerate(probe().batches):
        rows = values[start:stop]
        batch.append(np.square(rows - rows.mean(axis=0)).sum(axis=1))
        writer.gram(name, number, pack_upper(u_center(linear_gram(rows))).astype(np.float32))
    writer.norms(name, np.linalg.norm(values, axis=1), np.concatenate(batch), square)
    eigenvalues, vectors = np.linalg.eigh(centered @ centered.T)
    writer.components(name, select_components(eigenvalues, vectors, 2, square.sum()))


def run(planted, key):
    seed, order = (key, key) if isinstance(key, int) else key
    return RunSpec(
        data="photos",
        training=planted.training,
        network="resnet",
        depth=planted.depth,
        width=planted.width,
        seed=seed,
        order=order,
        data_spec=DATA,
        network_spec=NetworkSpec(),
        training_spec=TrainingSpec(),
    )


@functools.cache
def probe():
    """The images in the order of their ids, which is not that of the data set."""
    test = dataset("shared").test
    order = np.argsort(test.ids)
    return Probe(
        PROBE, "photos", "f" * 64, CLASSES, test.images, test.labels[order], test.ids[order]
    )


@functools.cache
def dataset(colors):
    """Border colours: shared by the images that carry a seed, spread among them, or by class.

    Or "quarter": every fourth image has a colour of its own.
    """
    generator = np.random.default_rng(5)
    labels = np.arange(IMAGES) // 2 % 4
    corners = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
    if colors == "class":
        border = 0.6 * corners[labels] + generator.uniform(0, 0.4, size=(IMAGES, 3))
    else:
        border = generator.uniform(0.3, 0.7, size=(IMAGES, 3))
    for seed in SEEDS:
        if colors == "shared":
            border[OWN[seed]] = corners[seed] + 0.01 * generator.normal(size=(4, 3))
        elif colors == "spread":
            # Four corners of the cube of which every two differ in two colours of three.
            border[OWN[seed]] = corners[[0, 3, 5, 6]]
    if colors == "quarter":
        border[::4] = 0.9 + 0.1 * border[::4]
    statistics = {
        "border_color": border.astype(np.float32),
        "mean_color": border[:, ::-1],
        "corner_color": border,
        "brightness": border.mean(axis=1),
        "contrast": border.std(axis=1),
    }
    # The data set has the images in another order than the probe.
    order = generator.permutation(IMAGES)
    ids = np.array([f"test/a/{number:04d}" for number in range(IMAGES)])
    test = Split(
        images=np.zeros((IMAGES, 3, 4, 4), np.uint8),
        labels=labels,
        ids=ids,
        statistics={name: values.astype(np.float32) for name, values in statistics.items()},
    )
    shuffled = Split(
        test.images[order],
        test.labels[order],
        ids[order],
        {name: values[order] for name, values in test.statistics.items()},
    )
    train = Split(
        test.images[:1],
        test.labels[:1],
        np.array(["train/a/0000"]),
        {name: values[:1] for name, values in test.statistics.items()},
    )
    return Dataset("photos", DATA, CLASSES, train, shuffled)
