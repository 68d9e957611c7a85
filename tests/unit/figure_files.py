"""Stand-in results with a planted block, in the real formats, without training."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

import numpy as np

from repatlas.data.dataset import Dataset, Split, write_dataset
from repatlas.data.spec import DataSpec
from repatlas.data.statistics import image_statistics
from repatlas.networks.layer_table import Layer
from repatlas.networks.spec import NetworkSpec
from repatlas.records import Subject, write_record
from repatlas.similarity.dominant import choose_images, reference_layer
from repatlas.similarity.files import compare_stores
from repatlas.similarity.measure_layers import compare_measures
from repatlas.similarity.measures import Outliers
from repatlas.similarity.outliers import translated_cka, translation_limit
from repatlas.similarity.results import Similarity
from repatlas.store.components import Components
from repatlas.store.gram import linear_gram, pack_upper, u_center
from repatlas.store.probe import read_probe
from repatlas.store.reader import ActivationStore
from repatlas.store.spec import ProbeSpec, Without
from repatlas.store.writer import write_store
from repatlas.training.spec import RunSpec, TrainingSpec

UNIT = ("conv", "bn", "relu", "conv", "bn", "add", "relu")
FEATURES = 24
COLOURS = np.array([[40, 90, 200], [245, 245, 245], [60, 140, 60], [150, 90, 50], [200, 60, 60]])


def resnet_layers(depth):
    """The layer table of a CIFAR ResNet: 7 (depth - 2) / 2 + 9 layers."""
    layers = [Layer("input", "input", 0, False, (3, 8, 8), 192)]
    for kind in ("conv", "bn", "relu"):
        layers.append(Layer(kind, kind, 0, kind == "relu", (FEATURES,), FEATURES))
    for stage in (1, 2, 3):
        for block in range((depth - 2) // 6):
            kinds = (*UNIT[:5], "conv", *UNIT[5:]) if stage > 1 and block == 0 else UNIT
            for place, kind in enumerate(kinds):
                name = f"stage{stage}.block{block + 1}.{place}"
                last = place == len(kinds) - 1
                layers.append(Layer(name, kind, stage, last, (FEATURES,), FEATURES))
    for kind in ("pool", "flatten", "linear"):
        layers.append(Layer(kind, kind, 0, False, (FEATURES,), FEATURES))
    return layers


def run_spec(depth, width=1, seed=0, **changes):
    values = {
        "data": "photos",
        "training": "standard",
        "network": "resnet",
        "depth": depth,
        "width": width,
        "seed": seed,
        "order": seed,
        "data_spec": DataSpec(size=16, train=1000, test=512),
        "network_spec": NetworkSpec(),
        "training_spec": TrainingSpec(),
    }
    return RunSpec(**values | changes)


def make_data(path, count=64, size=16):
    """Images of one coloured background with a darker square; the class is the square's place."""
    generator = np.random.default_rng(0)
    splits = []
    for name in ("train", "test"):
        background = generator.integers(len(COLOURS), size=count)
        images = np.repeat(COLOURS[background][:, :, None], size * size, axis=2)
        images = images.reshape(count, 3, size, size) + generator.integers(-9, 9, (count, 3, 1, 1))
        labels = np.arange(count) % 10
        for row, label in enumerate(labels):
            top, left = 2 + label % 5, 3 + label // 5 * 4
            images[row, :, top : top + size // 3, left : left + size // 3] //= 3
        ids = np.array([f"{name}/{label}/{row:05d}" for row, label in enumerate(labels)])
        pixels = np.clip(images, 0, 255).astype(np.uint8)
        border = {"border_color": (pixels[:, :, 0, :].mean(axis=2) / 255).astype(np.float32)}
        statistics = image_statistics(pixels) | border
        splits.append(Split(pixels, labels.astype(np.int64), ids, statistics))
    classes = tuple(str(label) for label in range(10))
    write_dataset(Dataset("photos", DataSpec(), classes, *splits), path)
    return path


def planted_activations(layers, border, seed, block=None):
    """Activations (n, p) of each layer.

    A slowly turning mixture of a few directions; inside the block, given as fractions of the
    block outputs, images of one background colour share a large direction, most of all at block
    outputs.
    """
    generator = np.random.default_rng(seed)
    count = len(border)
    common = np.random.default_rng(99).standard_normal((count, 12))
    dominant = np.linalg.norm(border - COLOURS[seed % len(COLOURS)] / 255, axis=1) < 0.12
    spread = np.abs(generator.lognormal(0, 0.35, count)) * np.where(dominant, 1, 0.01)
    outputs = np.cumsum([layer.block_output for layer in layers]) / sum(
        layer.block_output for layer in layers
    )
    turning = generator.standard_normal((12, FEATURES))
    for layer, place in zip(layers, outputs, strict=True):
        turning = turning + generator.standard_normal((12, FEATURES)) * 3.5 / np.sqrt(len(layers))
        scale = np.linspace(1, 0.3, 12)
        own = generator.standard_normal((count, FEATURES)) * (0.5 if layer.block_output else 1.6)
        signal = common * scale @ turning / np.sqrt(12) + own
        if block is not None and block[0] <= place <= block[1]:
            strength = 14 if layer.block_output else 4
            direction = generator.standard_normal(FEATURES)
            signal = signal + strength * np.outer(spread, direction)
        yield signal.astype(np.float32)


def probe_spec(count=None, without=None):
    return ProbeSpec(count=count, batch_size=64, components=3, without=without)


def make_store(
    path,
    data,
    run,
    *,
    block=None,
    count=None,
    accuracies=(1.0, 0.85),
    dead=(),
    checkpoint="final",
    without=None,
    removed=(),
    planted=planted_activations,
):
    """An activation store of a planted network; ``dead`` layers are constant."""
    spec = probe_spec(count, without)
    probe = read_probe(data, spec, removed)
    # What an image does in a network does not depend on the images that are left out.
    whole = read_probe(data, probe_spec(count))
    kept = np.isin(whole.ids, probe.ids)
    pixels = whole.images[:, :, 0, :].mean(axis=2) / 255
    layers = resnet_layers(run.depth)
    header = {
        "run": run.model_dump_json(by_alias=True),
        "checkpoint": checkpoint,
        "epoch": 40,
        "step": 320,
        "train_accuracy": accuracies[0],
        "test_accuracy": accuracies[1],
    }
    activations = planted(layers, pixels, run.seed, block)
    with write_store(path, header, layers, probe) as store:
        for row, (layer, features) in enumerate(zip(layers, activations, strict=True)):
            features = features[kept] * (row not in dead)
            _write_layer(store, probe, layer.name, features, row in dead)
        store.logits(0, np.zeros((len(probe), 10), np.float32))
    return path


def _write_layer(store, probe, name, features, is_dead):
    centered = features - features.mean(axis=0)
    square = (centered**2).sum(axis=1)
    store.norms(name, np.linalg.norm(features, axis=1), square, square)
    vectors, values, _ = np.linalg.svd(centered, full_matrices=False)
    signs = np.sign((vectors**3).sum(axis=0))
    eigenvalues = values[:3] ** 2
    if is_dead:
        empty = np.full((3, len(features)), np.nan)
        store.components(name, Components(empty, np.zeros(3), np.full(3, np.nan)))
    else:
        shares = eigenvalues / square.sum()
        store.components(name, Components((vectors * signs).T[:3], eigenvalues, shares))
    for batch, (start, stop) in enumerate(probe.batches):
        store.gram(name, batch, pack_upper(u_center(linear_gram(features[start:stop]))))


def make_similarity(path, *stores):
    compare_stores(stores, "within" if len(stores) == 1 else "between", path)
    return path


SMALL, LARGE = 8, 26
BLOCK = (0.3, 1.0)


@functools.cache
def study():
    """Two seeds of a small network without a block and of a larger one with; all comparisons.

    The small network of seed 1 did not fit; layer 6 of the large network of seed 1 is constant.
    Made once for all tests, which only read it.
    """
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    data = make_data(folder / "data.h5")
    stores, similarities = [], []
    for depth, block in ((SMALL, None), (LARGE, BLOCK)):
        pair = []
        for seed in (0, 1):
            accuracies = (0.6, 0.5) if (depth, seed) == (SMALL, 1) else (1.0, 0.85)
            dead = (6,) if (depth, seed) == (LARGE, 1) else ()
            path = folder / f"store_{depth}_{seed}.h5"
            run = run_spec(depth, seed=seed)
            pair.append(make_store(path, data, run, block=block, accuracies=accuracies, dead=dead))
            within = make_similarity(folder / f"within_{depth}_{seed}.h5", path)
            similarities.append(within)
        similarities.append(make_similarity(folder / f"between_{depth}.h5", *pair))
        stores += pair
    return {"data": data, "stores": stores, "similarity": similarities}


REMOVALS = (("dominant", 0.01), ("dominant", 0.1), ("random", 0.1), ("matched", 0.1))


@functools.cache
def removal_study(depth=LARGE, count=None, seeds=(0, 1)):
    """Seeds of a network with a block, on the whole probe set and without some of its images.

    The same kinds of files as `study`, which hold the whole probe set first, and the specs of the
    probe sets.
    """
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    data = make_data(folder / "data.h5", count=count or 64)
    specs = [None, *(Without(probe="test", images=i, fraction=f) for i, f in REMOVALS)]
    stores, similarities = [], []
    for seed in seeds:
        for number, without in enumerate(specs):
            path = folder / f"store_{seed}_{number}.h5"
            whole = (stores[-number], similarities[-number]) if number else None
            removed = _left_out(*whole, without) if whole else ()
            run = run_spec(depth, seed=seed)
            stores.append(
                make_store(path, data, run, block=BLOCK, without=without, removed=removed)
            )
            similarities.append(make_similarity(folder / f"within_{seed}_{number}.h5", path))
    return {
        "data": data,
        "stores": stores,
        "similarity": similarities,
        "probes": [probe_spec(without=without) for without in specs],
    }


def _left_out(store, similarity, without):
    """Ids of images that a probe set leaves out, by the reference layer."""
    cka = Similarity(similarity).values("cka_minibatch")
    with ActivationStore(store) as opened:
        outputs = [layer.block_output for layer in opened.layers]
        layer = reference_layer(opened.component_share[:, 0], cka, outputs)
        component, norms = opened.component_vectors[layer, 0], opened.activation_norms[layer]
        rows = choose_images(without.images, without.fraction, component, norms, opened.ids)
        return opened.ids[rows].tolist()


@functools.cache
def records():
    """Records of measures, before and after removal, and of outliers, of the removal study."""
    files = removal_study()
    folder = Path(files["data"]).parent
    measures = []
    for number in (0, 2, 3):
        path = folder / f"measures_{number}.h5"
        compare_measures(files["stores"][number], path)
        measures.append(path)
    return {"measures": measures, "outliers": [_outliers(files["stores"][0], folder)]}


def _outliers(store, folder):
    """One and ten of 64 planted examples are translated; the store keeps no raw activations."""
    generator = np.random.default_rng(0)
    features, direction = generator.standard_normal((64, 12)), generator.standard_normal(12)
    distances = np.geomspace(0.1, 1e4, 21)
    parts = [np.arange(64) < count for count in (1, 10)]
    with ActivationStore(store) as opened:
        record = Outliers(
            subject=Subject.of(opened),
            layer=90,
            kept=np.array([63, 54]),
            moved=np.array([1, 10]),
            distances=distances,
            cka=np.array([translated_cka(features, part, direction, distances) for part in parts]),
            limit=np.array([translation_limit(features, part) for part in parts]),
        )
    write_record(record, folder / "outliers.h5")
    return folder / "outliers.h5"
