"""Stand-in gathered units and matches of planted networks, in the real formats, without training.

A planted network has two layers of filters. Filters of all networks are those of one network with
noise of their own, more from unit to unit, in another order: good matches, bad ones, dead units.
"""

import atexit
import functools
import itertools
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from figure_files import make_data, run_spec
from numpy.lib.stride_tricks import sliding_window_view
from scipy.optimize import linear_sum_assignment

from repatlas.data.dataset import read_dataset
from repatlas.figures.units.matched import chosen
from repatlas.group_records import write_group_record
from repatlas.hdf5 import create_hdf5
from repatlas.networks.layer_table import Layer
from repatlas.networks.spec import NetworkSpec
from repatlas.records import Subject
from repatlas.store.spec import ProbeSpec
from repatlas.units.gathered import (
    FORMAT,
    VERSION,
    GatheredUnits,
    JointCounts,
    TopPatches,
    UnitLayer,
    write_header,
    write_layer,
)
from repatlas.units.moments import Moments, UnitMoments
from repatlas.units.results import Matching

BINS, COUNTED = 4, 1
"""Bins of an activation, and how many layers from the first have counts of them."""
DEAD = 1
"""Dead units of each network in each layer."""


@dataclass(frozen=True)
class Stage:
    """A planted layer: side of its filters, step between positions, number of units."""

    title: str
    side: int
    step: int
    units: int

    def layer(self, widths, size):
        positions = (size - self.side) // self.step + 1
        return UnitLayer(
            name=f"relu_{self.title}",
            title=self.title,
            units=tuple(self.units * width for width in widths),
            positions=(positions, positions),
            field_size=self.side,
            field_stride=self.step,
            field_start=0,
        )


STAGES = (Stage("conv1", 5, 3, 12), Stage("conv2", 9, 7, 16))


def subject(seed, accuracies=(1.0, 0.7), checkpoint="final", width=1):
    spec = NetworkSpec(family="convnet")
    run = run_spec(3, width, seed, network="convnet", network_spec=spec)
    probe = ProbeSpec(batch_size=64, components=3).model_dump(mode="json")
    layers = (Layer("relu", "relu", 0, True, (8,), 8),)
    told = run.model_dump(mode="json", by_alias=True)
    return Subject(told, checkpoint, probe, layers, *accuracies)


def activations(images, stage, about, trained=True):
    """(n, positions, units) after the rectifier; wide networks have every filter several times."""
    seed, width = about.run["seed"], about.run["width"]
    windows = sliding_window_view(images, (stage.side, stage.side), axis=(2, 3))
    windows = windows[:, :, :: stage.step, :: stage.step].transpose(0, 2, 3, 1, 4, 5)
    rows = windows.reshape(len(images), -1, 3 * stage.side**2)
    own, shape = np.random.default_rng([seed, stage.side]), (rows.shape[-1], stage.units)
    common = np.random.default_rng(stage.side).standard_normal(shape) if trained else 0
    noise = np.linspace(0.05, 2, stage.units) if trained else 1
    filters = [common + noise * own.standard_normal(shape) for _ in range(width)]
    filters = np.concatenate(filters, axis=1)
    filters -= 0.8 * filters.mean(axis=0)
    filters[:, -DEAD:] = 0
    values = np.maximum(rows @ filters, 0) * np.geomspace(1, 30, filters.shape[1])
    return values[:, :, own.permutation(filters.shape[1])]


def unit_moments(parts):
    """Moments of units, given as (n, positions, p) of each network."""
    rows = np.concatenate(parts, axis=2)
    halves = [rows[half::2] for half in (0, 1)]
    moments = tuple(_moments(half.reshape(-1, rows.shape[2])) for half in halves)
    shuffled = np.stack([_shuffled(half) for half in halves])
    return UnitMoments(tuple(part.shape[2] for part in parts), moments, shuffled)


def _moments(rows):
    centred = rows - rows.mean(axis=0)
    return Moments(len(rows), rows.mean(axis=0), centred.T @ centred)


def _shuffled(half):
    centred = half - half.mean(axis=(0, 1))
    other = np.roll(centred, 1, axis=0)
    return np.einsum("npu,npv->uv", centred, other, optimize=True)


def top_patches(parts, side, count=9):
    """Where units are most active, at one position of an image."""
    values = np.concatenate(parts, axis=2)
    place = values.argmax(axis=1)
    best = values.max(axis=1)
    images = np.argsort(-best, axis=0, kind="stable")[:count].T
    units = np.arange(values.shape[2])[:, None]
    rows, columns = np.divmod(place[images, units], side)
    return TopPatches(best[images, units], images, rows, columns)


def joint_counts(parts):
    rows = np.concatenate(parts, axis=2)
    rows = rows.reshape(-1, rows.shape[2])
    bins = np.zeros(rows.shape, dtype=int)
    for unit, values in enumerate(rows.T):
        if (values > 0).any():
            inner = np.quantile(values[values > 0], np.linspace(0, 1, BINS)[1:-1])
            bins[:, unit] = np.where(values > 0, 1 + np.searchsorted(inner, values), 0)
    hot = (bins[:, :, None] == np.arange(BINS)).reshape(len(rows), -1).astype(float)
    joint = (hot.T @ hot).reshape(rows.shape[1], BINS, rows.shape[1], BINS)
    return JointCounts(len(rows), BINS, joint)


def write_units(path, data, subjects, stages=STAGES, *, trained=True):
    """Gather planted networks on the test images of a data set."""
    test = read_dataset(data).test
    images = test.images / 255 - 0.5
    widths = [about.run["width"] for about in subjects]
    with create_hdf5(path, FORMAT, VERSION) as file:
        write_header(file, subjects, test.ids.tolist(), "0" * 64)
        for number, stage in enumerate(stages):
            layer = stage.layer(widths, images.shape[-1])
            parts = [activations(images, stage, one, trained) for one in subjects]
            top = top_patches(parts, layer.positions[1])
            joint = joint_counts(parts) if number < COUNTED else None
            write_layer(file, layer, unit_moments(parts), top, joint)
    return path


def write_matching(path, gathered):
    """Match the units of a gathered file."""
    parts = []
    with GatheredUnits(gathered) as units:
        for number, layer in enumerate(units.layers):
            moments, joint = units.moments(number), units.joint_counts(number)
            for first, second in itertools.permutations(range(len(units.networks)), 2):
                names = {"layer": layer.title, "first": first, "second": second}
                parts += [names | part for part in _matches(moments, joint, first, second)]
        subjects = units.networks
    columns = {
        name: np.concatenate([np.broadcast_to(part[name], len(part["unit"])) for part in parts])
        for name in parts[0]
    }
    write_group_record(Matching(subjects, **columns), path)
    return path


def _matches(moments, joint, first, second):
    for fold, other in (("all", None), ("first", "second"), ("second", "first")):
        values = moments.correlation(first, second, fold)
        heldout = None if other is None else moments.correlation(first, second, other)
        shuffled = moments.shuffled_correlation(first, second) if other is None else None
        yield _rows("correlation", fold, ~moments.alive(first), values, heldout, shuffled)
    if joint is not None:
        values = information(joint)[moments.of(first), moments.of(second)]
        yield _rows("information", "all", ~moments.alive(first), values, None, None)


def _rows(criterion, fold, dead, values, heldout, shuffled):
    found = {"greedy": values.argmax(axis=1), "matched": _matched(values)}
    unit = np.arange(len(values))
    row = {"criterion": criterion, "fold": fold, "unit": unit, "dead": dead} | found
    for name, match in found.items():
        row[f"{name}_value"] = _of(values, match)
        row[f"{name}_heldout"] = np.nan if heldout is None else _of(heldout, match)
    null = np.full_like(values, np.nan) if shuffled is None else shuffled
    row["greedy_shuffled"] = null.max(axis=1)
    matched = np.zeros(len(null), int) if shuffled is None else _matched(null)
    return row | {"matched_shuffled": _of(null, matched)}


def _matched(values):
    """Maximum-weight matching; -1 for units that are left over."""
    found = np.full(len(values), -1)
    rows, columns = linear_sum_assignment(-values)
    found[rows] = columns
    return found


def _of(values, match):
    return np.where(match >= 0, values[np.arange(len(values)), match], np.nan)


def information(joint):
    """(U, U) mutual information in nats."""
    together = joint.joint / joint.count
    alone = together.sum(axis=3)[:, :, 0]
    expected = alone[:, :, None, None] * alone
    ratio = np.divide(together, expected, out=np.ones_like(together), where=together > 0)
    return (together * np.log(ratio)).sum(axis=(1, 3))


SEEDS = (0, 1, 2)


@functools.cache
def units():
    """Files of three networks, of which the last did not fit, and of the same untrained.

    Made once for all tests, which only read it.
    """
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    data = make_data(folder / "data.h5")
    return {"data": data} | write_files(folder, data, SEEDS)


@functools.cache
def units_of_widths():
    """The same kinds of files of two networks and of one twice as wide."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    gathered = folder / "gathered.h5"
    networks = [subject(0), subject(1, width=2), subject(1)]
    write_units(gathered, units()["data"], networks)
    return {"gathered": gathered, "matching": write_matching(folder / "matching.h5", gathered)}


def write_files(folder, data, seeds, stages=STAGES):
    """Gathered units and matches of trained and of untrained networks, as paths by option."""
    trained = [subject(seed, (0.6, 0.5) if seed == 2 else (1.0, 0.7)) for seed in seeds]
    untrained = [subject(seed, (0.1, 0.1), "epoch-0000") for seed in seeds]
    gathered = write_units(folder / "gathered.h5", data, trained, stages)
    before = write_units(folder / "before.h5", data, untrained, stages, trained=False)
    return {
        "gathered": gathered,
        "matching": write_matching(folder / "matching.h5", gathered),
        "untrained": write_matching(folder / "untrained.h5", before),
    }


def own(rows, **values):
    """Rows of a table that have these values, of which there are some."""
    found = chosen(rows, **values)
    assert len(found)
    return found
