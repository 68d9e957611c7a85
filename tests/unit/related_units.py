"""Units of several networks over the same rows, as moments and as files of gathered units."""

import numpy as np
from feature_stores import RUN

from repatlas.hdf5 import create_hdf5
from repatlas.networks.layer_table import Layer
from repatlas.records import Subject
from repatlas.units.gathered import (
    FORMAT,
    VERSION,
    JointCounts,
    TopPatches,
    UnitLayer,
    write_header,
    write_layer,
)
from repatlas.units.moments import Moments, UnitMoments

LAYERS = (Layer("layer0", "relu", 1, True, (4, 1, 1), 4),)


def moments_of(networks, seed=0):
    """Moments of arrays (n, p), one a network; even rows are the first half."""
    units = np.hstack([np.asarray(network, dtype=np.float64) for network in networks])
    generator = np.random.default_rng(seed)
    parts = [units[0::2], units[1::2]]
    shuffled = [products(part, part[generator.permutation(len(part))]) for part in parts]
    return UnitMoments(
        units=tuple(network.shape[1] for network in networks),
        halves=tuple(Moments(len(part), part.mean(axis=0), products(part, part)) for part in parts),
        shuffled=np.stack(shuffled),
    )


def products(one, other):
    return (one - one.mean(axis=0)).T @ (other - other.mean(axis=0))


def joint_of(networks, bins=10):
    """Counts of rows by bins of equal mass of every two units."""
    units = np.hstack(networks)
    ranks = units.argsort(axis=0).argsort(axis=0)
    inside = (ranks * bins // len(units))[:, :, None] == np.arange(bins)
    flat = inside.reshape(len(units), -1).astype(np.float64)
    width = units.shape[1]
    return JointCounts(len(units), bins, (flat.T @ flat).reshape(width, bins, width, bins))


def rotation(size, seed=0):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))[0]


def correlated(generator, rows, width):
    """Units (rows, width) of different scales and means that correlate with each other."""
    mixing = np.eye(width) + 0.5 * rotation(width, generator)
    mixed = generator.normal(size=(rows, width)) @ mixing
    return mixed * generator.uniform(0.1, 10, size=width) + generator.normal(size=width)


def subjects(count):
    return tuple(
        Subject(RUN | {"seed": seed}, "final", {}, LAYERS, 0.9, 0.8) for seed in range(count)
    )


def write_gathered(path, layers, counted=(), names=None):
    """Write a file of gathered units: for each title the arrays (n, p) of its networks."""
    networks = len(next(iter(layers.values())))
    with create_hdf5(path, FORMAT, VERSION) as file:
        write_header(file, subjects(networks), ["test/0"], "hash")
        for number, (title, arrays) in enumerate(layers.items()):
            units = tuple(array.shape[1] for array in arrays)
            name = names[number] if names else f"layer{number}"
            layer = UnitLayer(name, title, units, (1, 1), 1, 1.0, 0.0)
            top = TopPatches(
                np.zeros((sum(units), 1)), *np.zeros((3, sum(units), 1), dtype=np.int64)
            )
            joint = joint_of(arrays) if title in counted else None
            write_layer(file, layer, moments_of(arrays), top, joint)
    return path
