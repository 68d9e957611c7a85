"""Float64 definitions of the other measures on raw features, as their papers write them."""

from itertools import combinations

import numpy as np
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr

from repatlas.store.gram import batch_rows


def cosine_gram(x, sigma=None):
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    return unit @ unit.T


def rbf_gram(x, sigma):
    return np.exp(-(squareform(pdist(x)) ** 2) / (2 * sigma**2))


def bandwidth(x, fraction, batch_size):
    """Fraction of the median distance of two examples, averaged over the batches."""
    medians = [np.median(pdist(x[start:stop])) for start, stop in batch_rows(len(x), batch_size)]
    return fraction * np.mean(medians)


def gram_hsic(gram, other):
    """Three-term estimator of Song et al. (2012), of two Grams."""
    n = len(gram)
    gram, other = gram * (1 - np.eye(n)), other * (1 - np.eye(n))
    one = np.ones(n)
    terms = (
        np.trace(gram @ other)
        + (one @ gram @ one) * (one @ other @ one) / ((n - 1) * (n - 2))
        - 2 / (n - 2) * (one @ gram @ other @ one)
    )
    return terms / (n * (n - 3))


def kernel_cka_definition(x, y, gram, batch_size, fraction=1):
    """Ratio of the HSIC of kernel Grams, summed over batches."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    sigma = {id(part): bandwidth(part, fraction, batch_size) for part in (x, y)}
    rows = batch_rows(len(x), batch_size)

    def total(a, b):
        return sum(
            gram_hsic(gram(a[start:stop], sigma[id(a)]), gram(b[start:stop], sigma[id(b)]))
            for start, stop in rows
        )

    return total(x, y) / np.sqrt(total(x, x) * total(y, y))


def procrustes_definition(x, y):
    """Nuclear norm of X'Y, both centred and of unit Frobenius norm."""
    x, y = (np.asarray(part, np.float64) - np.mean(part, 0, np.float64) for part in (x, y))
    x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
    return np.linalg.norm(x.T @ y, "nuc")


def neighbours_definition(x, y, count):
    near = [np.argsort(squareform(pdist(part)), axis=1)[:, 1 : count + 1] for part in (x, y)]
    shared = [len(set(one) & set(other)) for one, other in zip(*near, strict=True)]
    return np.mean(shared) / count


def rsa_definition(x, y):
    return spearmanr(pdist(x), pdist(y)).statistic


def table(definition, layers, *arguments):
    """A measure of every two layers, 1 on the diagonal."""
    values = np.eye(len(layers))
    for i, j in combinations(range(len(layers)), 2):
        values[i, j] = values[j, i] = definition(layers[i], layers[j], *arguments)
    return values


def related_layers(generator, count, widths, offset=0.0):
    """Float32 features that share part of what they know, with a mean of so many deviations."""
    shared = generator.normal(size=(count, 4))
    layers = [
        shared @ generator.normal(size=(4, width)) + generator.normal(size=(count, width))
        for width in widths
    ]
    return [(x + offset * x.std()).astype(np.float32) for x in layers]


def turned(generator, x, scale=1.0, shift=0.0):
    """Features after a rotation, scaled and translated."""
    rotation = np.linalg.qr(generator.normal(size=(x.shape[1], x.shape[1])))[0]
    return scale * x @ rotation + shift * generator.normal(size=x.shape[1])
