"""Studies with planted representations, written as files: what a claim finds in them is known."""

import functools
import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from repatlas.claims.evidence import CellFiles, EvidenceFiles, NetworkFiles
from repatlas.data.dataset import Dataset, Split, write_dataset
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

IMAGES, FEATURES, OUTPUTS, RANK = 64, 40, 8, 6
DATA = DataSpec(source="photos", size=4)
PROBE = ProbeSpec(batch_size=32, components=2)
SEEDS = (0, 1, 2)
CLASSES = ("a", "b", "c", "d")
# Four images a seed, two in each batch; the same four whatever the seed for "same".
OWN = {seed: [2 * seed, 2 * seed + 1, 32 + 2 * seed, 33 + 2 * seed] for seed in range(8)}


@functools.cache
def noise(*key):
    """(n, p) white noise that belongs to a key."""
    return np.random.default_rng([97, *key]).normal(size=(IMAGES, FEATURES))


def plain(seed, layer):
    """No block: half of a layer is its own, the same in every seed; no direction stands out."""
    latent = np.hstack([noise(1)[:, :RANK], noise(2, layer)[:, :RANK]])
    return latent @ noise(3, seed, layer)[: 2 * RANK] + 0.5 * noise(4, seed, layer)


def alike(seed, layer):
    """A block by CKA without a dominant direction: every layer of every seed holds the same."""
    basis, _ = np.linalg.qr(noise(5)[:, :RANK])
    rotation, _ = np.linalg.qr(noise(6, seed, layer)[:RANK, :RANK])
    return 10 * basis @ rotation @ np.eye(RANK, FEATURES) + 1e-3 * noise(7, seed, layer)


def block(seed, layer, chosen=None):
    """A block: a direction that four images of the seed carry has nine tenths of the variance.

    The first two block outputs come before the block.
    """
    if layer < 2:
        return plain(seed, layer)
    carried = 0.1 * noise(8, seed)[:, 0]
    carried[OWN[seed] if chosen is None else chosen] += 4
    carried -= carried.mean()
    carried /= np.linalg.norm(carried)
    rest = noise(9, seed, layer)
    direction = noise(10, seed, layer)[0] / np.linalg.norm(noise(10, seed, layer)[0])
    return 3 * np.linalg.norm(rest) * np.outer(carried, direction) + rest


def same(seed, layer):
    """A block that the same images carry in every seed."""
    return block(seed, layer, OWN[0])


KINDS = {"plain": plain, "alike": alike, "block": block, "same": same}


@dataclass(frozen=True)
class Planted:
    """A cell: kind of representation by seed, and how well the networks fit."""

    kinds: dict[int, str]
    depth: int = 56
    width: int = 1
    train_accuracy: float | dict[int, float] = 1.0

    @property
    def label(self):
        return f"RN-{self.depth} {self.width}x"


def everywhere(kind, seeds=SEEDS, **facts):
    """A cell whose seeds are all of one kind."""
    return Planted(dict.fromkeys(seeds, kind), **facts)


def evidence(folder: Path, roles, colors="shared"):
    """Write the files of a study; equal cells of two roles are written once."""
    data = folder / f"{colors}.h5"
    write_dataset(dataset(colors), data)
    cells = {}
    for number, cell in enumerate(dict.fromkeys(map(str, roles.values()))):
        planted = next(value for value in roles.values() if str(value) == cell)
        cells[cell] = write_cell(folder / str(number), planted, data)
    return EvidenceFiles(roles={role: cells[str(cell)] for role, cell in roles.items()})


def write_cell(folder, planted, data):
    """Stores, similarities within and the one between of a cell."""
    stores = [write_planted(folder, planted, seed) for seed in planted.kinds]
    within = [store.with_suffix(".similarity.h5") for store in stores]
    for store, path in zip(stores, within, strict=True):
        compare_stores([store], "within", path)
    between = None
    if len(stores) > 1:
        between = folder / "between.h5"
        # Another order than that of the networks: who is who must be read, not assumed.
        compare_stores(stores[::-1], "between", between)
    networks = tuple(
        NetworkFiles(similarity=path, store=store)
        for path, store in zip(within, stores, strict=True)
    )
    return CellFiles(label=planted.label, networks=networks, between=between, data=data)


def write_planted(folder, planted, seed):
    """The activation store of one network: block outputs of its kind, among other layers."""
    path = folder / f"seed{seed}.h5"
    accuracy = planted.train_accuracy
    header = {
        "run": run(planted, seed).as_json(),
        "checkpoint": "final",
        "epoch": 40,
        "step": 320,
        "train_accuracy": accuracy if isinstance(accuracy, float) else accuracy.get(seed, 1.0),
        "test_accuracy": 0.8,
    }
    # A layer inside a residual block comes before each block output, and is of another kind.
    other = plain if planted.kinds[seed] != "plain" else block
    activations = {}
    for layer in range(OUTPUTS):
        activations[f"conv{layer}"] = other(seed, layer)
        activations[f"relu{layer}"] = KINDS[planted.kinds[seed]](seed, layer)
    layers = [
        Layer(name, name[:4], 1, name.startswith("relu"), (FEATURES,), FEATURES)
        for name in activations
    ]
    with write_store(path, header, layers, probe()) as writer:
        for name, values in activations.items():
            fill(writer, name, values)
        writer.logits(0, np.zeros((IMAGES, 4), np.float32))
    return path


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


def run(planted, seed):
    return RunSpec(
        data="photos",
        training="standard",
        network="resnet",
        depth=planted.depth,
        width=planted.width,
        seed=seed,
        order=seed,
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
    """Border colours: shared by the images that carry a seed, spread among them, or by class."""
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
    statistics = {"border_color": border.astype(np.float32), "mean_color": border[:, ::-1]}
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
