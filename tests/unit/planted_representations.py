"""Planted representations: activations (n, p) by seed and layer, with or without a block."""

import functools

import numpy as np

IMAGES, FEATURES, OUTPUTS, RANK = 64, 40, 8, 6
# Four images a seed, two in each batch; the same four whatever the seed for "same".
OWN = {seed: [2 * seed, 2 * seed + 1, 32 + 2 * seed, 33 + 2 * seed] for seed in range(16)}


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


def block(seed, layer, chosen=None, rows=(2, OUTPUTS)):
    """A block: a direction that four images of the seed carry has nine tenths of the variance.

    Block outputs outside the rows are not in the block.
    """
    if not rows[0] <= layer < rows[1]:
        return plain(seed, layer)
    carried = 0.1 * noise(8, seed)[:, 0]
    carried[OWN[seed] if chosen is None else chosen] += 4
    carried -= carried.mean()
    carried /= np.linalg.norm(carried)
    rest = noise(9, seed, layer)
    direction = noise(10, seed, layer)[0] / np.linalg.norm(noise(10, seed, layer)[0])
    return 3 * np.linalg.norm(rest) * np.outer(carried, direction) + rest


def lifted(seed, layer):
    """The same block, with activations that are positive along its direction in every image."""
    values = block(seed, layer)
    direction = noise(10, seed, layer)[0] / np.linalg.norm(noise(10, seed, layer)[0])
    return values - (values @ direction).min() * direction


KINDS = {
    "plain": plain,
    "alike": alike,
    "block": block,
    "lifted": lifted,
    # A block that the same images carry in every seed.
    "same": lambda seed, layer: block(seed, layer, OWN[0]),
    # A block that the images of another seed carry.
    "moved": lambda seed, layer: block(seed, layer, OWN[(seed + 1) % 3]),
    # A block that a quarter of the images carry.
    "broad": lambda seed, layer: block(seed, layer, slice(0, IMAGES, 4)),
    "whole": lambda seed, layer: block(seed, layer, rows=(0, OUTPUTS)),
    # Blocks in half of the network, at its end and at its start.
    "half": lambda seed, layer: block(seed, layer, rows=(4, OUTPUTS)),
    "front": lambda seed, layer: block(seed, layer, rows=(0, 5)),
    # Initialisation and order of networks are crossed: 10 x seed + order. What decides is one.
    "by_both": lambda pair, layer: block(pair, layer, OWN[3 * (pair // 10) + pair % 10]),
    "by_seed": lambda pair, layer: block(pair, layer, OWN[pair // 10]),
    "by_order": lambda pair, layer: block(pair, layer, OWN[pair % 10]),
}
