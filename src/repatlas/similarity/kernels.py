"""CKA with kernels other than the linear one (paper A, appendix J), from an activation store.

A kernel's Gram is made of the distances and norms that a store holds. What follows is as for linear
CKA: the unbiased HSIC of Song et al. (2012) of each batch, summed over the batches.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.similarity.cka import normalised
from repatlas.similarity.geometry import Geometry, batch_geometry
from repatlas.similarity.products import ROUNDING, rounding_floor
from repatlas.similarity.source import FloatArray, GramSource, varies
from repatlas.store.gram import u_center

FRACTIONS = (0.5, 1.0)
"""Bandwidths of the RBF kernel, in median distances."""

Layers = Sequence[int] | NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class KernelGrams:
    """Grams of B layers on a batch of b examples, each up to a constant, which no HSIC sees.

    Attributes
    ----------
    values
        (B, b, b); NaN for a layer without this kernel.
    traces
        (B,) sums over the examples of what the rounding of an entry is relative to.
    """

    values: FloatArray
    traces: FloatArray


def linear_kernel(geometry: Geometry) -> KernelGrams:
    """Inner products of the activations, centred."""
    return KernelGrams(geometry.grams, geometry.squares.sum(axis=1))


def cosine_kernel(geometry: Geometry) -> KernelGrams:
    """Cosines, less 1, of the raw and uncentred activations of two examples.

    Linear CKA of these is that of activations scaled, example by example, to unit norm. An example
    of zero activation has cosine 0 with any other.
    """
    norms = geometry.norms
    scales = norms[:, :, None] * norms[:, None, :]
    # x.y / (|x| |y|) - 1 without the cancellation that a mean far from zero would cause.
    differences = np.square(norms[:, :, None] - norms[:, None, :])
    differences -= geometry.squared_distances()
    values = np.divide(differences, 2 * scales, out=np.full_like(scales, -1), where=scales > 0)
    spreads = np.sqrt(geometry.squares)
    relative = np.divide(spreads, norms, out=np.zeros_like(norms), where=norms > 0)
    return KernelGrams(values, relative.sum(axis=1))


def rbf_kernel(geometry: Geometry, bandwidths: FloatArray) -> KernelGrams:
    """Gaussian radial basis functions, less 1: ``exp(-D / (2 sigma^2)) - 1`` of distances.

    Parameters
    ----------
    geometry
        The batch.
    bandwidths
        (B,) sigma of each layer, in units of its activations; a layer of bandwidth 0 has none.
    """
    scales = np.square(np.where(bandwidths > 0, bandwidths, np.nan))
    values = np.expm1(geometry.squared_distances() / (-2 * scales[:, None, None]))
    relative = np.minimum(geometry.squares / scales[:, None], 1)
    return KernelGrams(values, relative.sum(axis=1))


def median_distances(source: GramSource, layers: Layers) -> FloatArray:
    """Median distance (B,) of two different examples of a batch, averaged over the batches.

    Kornblith et al. (2019) give the bandwidth as a fraction of the median distance of the
    examples. Here one bandwidth must serve all batches, or their HSIC would be of other kernels.

    Parameters
    ----------
    source
        The network.
    layers
        (B,) indices of layers.

    Returns
    -------
    FloatArray
        0 for a layer in which most examples coincide, up to rounding.
    """
    medians, squares = np.zeros((2, len(layers)))
    for batch in range(len(source.batches)):
        geometry = batch_geometry(source, batch, layers)
        distances = np.sqrt(pair_values(geometry.squared_distances()))
        medians += np.median(distances, axis=1) / len(source.batches)
        squares += geometry.squares.mean(axis=1) / len(source.batches)
    return np.where(np.square(medians) > ROUNDING * squares, medians, 0)


def pair_values(matrices: FloatArray) -> FloatArray:
    """Values (B, b (b - 1) / 2) of each pair of different examples, of symmetric (B, b, b)."""
    rows, columns = np.triu_indices(matrices.shape[1], k=1)
    values: FloatArray = matrices[:, rows, columns]
    return values


def kernel_cka(
    source: GramSource, layers: Layers, fractions: Sequence[float] = FRACTIONS
) -> dict[str, FloatArray]:
    """Minibatch CKA of layers of one network with each other, by kernel.

    Parameters
    ----------
    source
        The network.
    layers
        (B,) indices of layers.
    fractions
        Bandwidths of RBF kernels over the median distance of `median_distances`.

    Returns
    -------
    dict
        ``linear``, ``cosine`` and ``rbf_<fraction>``: (B, B) each, not clamped; NaN in the row and
        column of a layer that has no value.
    """
    medians = median_distances(source, layers)
    kernels: dict[str, Callable[[Geometry], KernelGrams]] = {
        "linear": linear_kernel,
        "cosine": cosine_kernel,
    }
    for fraction in fractions:
        kernels[f"rbf_{fraction}"] = _rbf_of(fraction * medians)
    products = {name: np.zeros((len(layers), len(layers))) for name in kernels}
    floors = {name: np.zeros(len(layers)) for name in kernels}
    for batch, (start, stop) in enumerate(source.batches):
        geometry = batch_geometry(source, batch, layers)
        for name, kernel in kernels.items():
            grams = kernel(geometry)
            products[name] += hsic(grams.values)
            floors[name] += rounding_floor(grams.traces, stop - start)
    alive = varies(source)[np.asarray(layers, dtype=np.intp)]
    return {name: _cka(products[name], floors[name], alive) for name in kernels}


def hsic(grams: FloatArray) -> FloatArray:
    """Unbiased HSIC (B, B) of every two Grams (B, b, b) of the same b examples."""
    count = grams.shape[1]
    rows = np.array([u_center(gram).ravel() for gram in grams])
    products: FloatArray = rows @ rows.T / (count * (count - 3))
    return products


def _rbf_of(bandwidths: FloatArray) -> Callable[[Geometry], KernelGrams]:
    return lambda geometry: rbf_kernel(geometry, bandwidths)


def _cka(products: FloatArray, floors: FloatArray, alive: NDArray[np.bool_]) -> FloatArray:
    own = np.diagonal(products)
    own = np.where(alive & (own > floors), own, 0)
    return normalised(products, own[:, None], own)
