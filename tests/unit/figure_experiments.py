"""Stand-in records of experiments with a planted block, in the real formats, without training."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

import numpy as np
from figure_files import LARGE, SMALL, make_data, resnet_layers, run_spec

from repatlas.data.dataset import read_dataset
from repatlas.experiments.results import Ablation, Deletion, LinearProbes, Synthetic, Trajectory
from repatlas.records import Subject, write_record
from repatlas.store.spec import ProbeSpec

NAMED = {
    "black": (0, 0, 0),
    "white": (1, 1, 1),
    "grey": (0.5, 0.5, 0.5),
    "red": (1, 0, 0),
    "green": (0, 1, 0),
    "blue": (0, 0, 1),
    "yellow": (1, 1, 0),
    "cyan": (0, 1, 1),
    "magenta": (1, 0, 1),
}
EPOCHS = (0, 1, 2, 4, 8, 16, 20, 30, 40)
STEPS = (1, 2, 3, 5, 7, 10, 14, 20, 25, 30, 35, 40, 45, 50, 55, 60, 70, 80, 90, 100)
DOMINANT = 6
"""Images that dominate the stand-ins' blocks."""


def subject(depth, seed=0, probe=None, accuracies=(1.0, 0.85), width=1):
    run = run_spec(depth, seed=seed, width=width).model_dump(mode="json", by_alias=True)
    spec = (probe or ProbeSpec(batch_size=64, components=3)).model_dump(mode="json")
    return Subject(run, "final", spec, tuple(resnet_layers(depth)), *accuracies)


def trajectory(about, ids, seed=0, *, block=True, epochs=EPOCHS, steps=STEPS):
    """A network whose block grows early and whose dominant images change half-way.

    Before half of the epochs the images ``DOMINANT`` to ``2 * DOMINANT`` of a random order
    dominate, after it those before them.
    """
    generator = np.random.default_rng(seed)
    names = [f"step-{step:05d}" for step in steps] + [f"epoch-{epoch:04d}" for epoch in epochs[1:]]
    times = [*([0] * len(steps)), *epochs[1:-1], epochs[-1]]
    names = ["epoch-0000", *names[:-1], "final"]
    times = np.array([0, *times])
    taken = np.array([0, *steps, *(125 * epoch for epoch in epochs[1:])])
    order = generator.permutation(len(ids))
    inside = _inside(about) * block
    grown = np.array([_grown(step) for step in taken])
    share = 0.08 + 0.05 * generator.random((len(taken), len(inside)))
    share += 0.75 * grown[:, None] * inside
    outputs = about.block_outputs
    late = times >= epochs[-1] / 2
    components = np.empty((len(taken), len(outputs), len(ids)))
    norms = generator.lognormal(3, 0.2, components.shape)
    for time in range(len(taken)):
        group = order[:DOMINANT] if late[time] else order[DOMINANT : 2 * DOMINANT]
        for row, layer in enumerate(outputs):
            vector = generator.standard_normal(len(ids))
            vector[group] += 25 * inside[layer] * grown[time] * np.linspace(1.5, 1, DOMINANT)
            components[time, row] = vector / np.linalg.norm(vector) * generator.choice([-1, 1])
            norms[time, row, group] *= 1 + 8 * inside[layer] * grown[time]
    compared = np.flatnonzero(np.isin(np.array(names), _whole(names)))
    within = np.array([_cka(inside * grown[time]) for time in compared])
    skewed = within[-1] * np.linspace(0.8, 1, len(inside))[:, None]
    final = np.array([within[-1] if late[time] else 0.15 * skewed for time in compared])
    final[-1] = within[-1]
    return Trajectory(
        about, tuple(names), times, taken, np.asarray(ids), share, components, norms, compared,
        within, final,
    )  # fmt: skip


def _whole(names):
    return [name for name in names if not name.startswith("step")]


def _grown(step):
    return min(1.0, step / 60)


def _inside(about):
    """How much of a block each layer is in: full at its block outputs, less between them."""
    place = np.linspace(0, 1, len(about.layers))
    marked = np.array([layer.block_output for layer in about.layers])
    return ((place > 0.35) & (place < 0.9)) * np.where(marked, 1.0, 0.55)


def _cka(inside):
    apart = np.abs(np.subtract.outer(np.arange(len(inside)), np.arange(len(inside))))
    smooth = 0.85 * np.exp(-apart / 25)
    cka = np.maximum(smooth, 0.98 * np.outer(inside, inside))
    np.fill_diagonal(cka, 1)
    return cka


def synthetic(about, split, seed=0, *, favoured="blue", levels=6):
    """A network that answers to one colour, ten-fold inside its block."""
    goal = np.array(NAMED[favoured])
    rows = np.random.default_rng(seed).choice(len(split.ids), 8, replace=False)
    corner = split.images[rows, :, 0, 0] / 255
    grid = np.linspace(0, 1, levels)
    sweep = np.array(np.meshgrid(grid, grid, grid, indexing="ij")).reshape(3, -1).T
    colors = np.concatenate([np.full_like(corner, np.nan), corner, list(NAMED.values()), sweep])
    kinds = ["dominant"] * 8 + ["solid"] * 8 + ["named"] * len(NAMED) + ["sweep"] * len(sweep)
    labels = [*split.ids[rows], *split.ids[rows], *NAMED, *map(_hex, sweep)]
    known = np.where(
        np.isnan(colors), np.tile(corner, (len(colors) // 8 + 1, 1))[: len(colors)], colors
    )
    answer = np.exp(-((known - goal) ** 2).sum(axis=1) / 0.4)
    inside = _inside(about)[about.block_outputs]
    median = np.linspace(20, 60, len(inside))
    norms = median * (0.8 + np.outer(answer, 10 * inside))
    projections = np.outer(answer - 0.05, np.where(inside > 0, 0.4, 0.1)) * -1
    size = split.images.shape[-2:]
    pixels = np.concatenate(
        [split.images[rows], np.repeat(colors[8:] * 255, size[0] * size[1], axis=1)
         .reshape(-1, 3, *size).astype(np.uint8)]
    )  # fmt: skip
    logits = np.random.default_rng(seed).standard_normal((len(kinds), 10)) * 3
    classes = ("plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    return Synthetic(
        about, tuple(kinds), tuple(labels), pixels, colors, norms, projections, logits, classes,
        about.block_outputs[len(inside) * 5 // 8], median,
    )  # fmt: skip


def _hex(color):
    return "#" + "".join(f"{round(255 * value):02x}" for value in color)


def linear_probes(about, *, block=True):
    """Accuracy that rises with depth, but stands still in the block, and falls inside its units."""
    layers = np.array(
        [
            row
            for row, layer in enumerate(about.layers)
            if layer.block_output or layer.kind == "relu"
        ]
    )
    after = np.array([about.layers[row].block_output for row in layers])
    inside = (_inside(about)[layers] > 0) & block
    rising = 0.3 + 0.5 * layers / len(about.layers)
    first = rising[inside][0] if inside.any() else 0
    test = np.where(inside, np.where(after, first, first - 0.15), rising)
    return LinearProbes(about, layers, after, np.minimum(test + 0.1, 1), test)


def deletion(about, *, block=True):
    """Stage 2 can lose its last residual blocks without harm where there is a block."""
    stages, deleted, layers, accuracy = [], [], [], []
    for stage in (1, 2, 3):
        outputs = [row for row in about.block_outputs if about.layers[row].stage == stage]
        for count in range(len(outputs)):
            stages.append(stage)
            deleted.append(count)
            layers.append(outputs[-1 - count])
            harm = 0.04 if stage == 2 and block else 0.5
            accuracy.append(0.85 - min(0.7, harm * count / len(outputs) * 2))
    accuracy = np.array(accuracy)
    values = map(np.array, (stages, deleted, layers))
    return Deletion(about, *values, accuracy, -np.log(accuracy))


def ablation(about, *, block=True):
    """Taking out the first component does harm in the block alone."""
    layers = np.array(about.block_outputs)
    inside = (_inside(about)[layers] > 0) & block
    columns = [0.85 - 0.3 * inside, np.full(len(layers), 0.8), np.full(len(layers), 0.845)]
    accuracy = np.stack(columns, axis=1)
    whole = (0.4, 1.5) if block else (np.nan, np.nan)
    return Ablation(about, layers, accuracy, 1.5 - accuracy, *whole, 0.85, 0.6)


@functools.cache
def experiments():
    """Records of the networks of `figure_files.study`, as paths by kind, and their data."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    data = make_data(folder / "data.h5")
    return {"data": data} | write_experiments(folder, data, (SMALL, LARGE))


def write_experiments(folder, data, depths, *, probes=None):
    """Records of every kind of two seeds of two networks, the second with a block."""
    split = read_dataset(data).test
    tracked = ProbeSpec(batch_norm="batch", batch_size=64, components=3)
    found = {}
    for depth, block in zip(depths, (False, True), strict=True):
        for seed in (0, 1):
            accuracies = (0.6, 0.5) if (block, seed) == (False, 1) else (1.0, 0.85)
            about = subject(depth, seed, probes, accuracies)
            moving = subject(depth, seed, tracked, accuracies)
            records = {
                "trajectory": trajectory(moving, split.ids[:64], seed, block=block),
                "synthetic": synthetic(about, split, seed, favoured=("blue", "white")[seed]),
                "linear_probes": linear_probes(about, block=block),
                "deletion": deletion(about, block=block),
                "ablation": ablation(about, block=block),
            }
            for kind, record in records.items():
                path = folder / f"{kind}_{depth}_{seed}.h5"
                write_record(record, path)
                found.setdefault(kind, []).append(path)
    return found
