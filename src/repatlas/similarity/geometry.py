"""Distances and inner products of the examples of a batch, from what an activation store holds.

A store holds no Gram but the U-centred one. With the squared norms d of the batch-centred
activations, their trace t and the norms r of the raw ones, over b examples, all others follow:

- the column-centred Gram K has diagonal d and, off it, ``U_ij - (d_i + d_j) / (b - 2) + t / ((b -
  1)(b - 2))``, because its rows sum to zero;
- squared distances are ``D_ij = d_i + d_j - 2 K_ij``;
- with the batch's mean m, ``r_i^2 = d_i + 2 xc_i.m + |m|^2``, so that ``x_i.x_j = K_ij + xc_i.m +
  xc_j.m + |m|^2 = K_ij + (r_i^2 - d_i + r_j^2 - d_j) / 2``, and equally ``(r_i^2 + r_j^2 - D_ij) /
  2``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.similarity.source import FloatArray, GramSource
from repatlas.store.gram import CONSTANT, unpack_upper


@dataclass(frozen=True, eq=False)
class Geometry:
    """Some layers of one network on one batch of b examples, in float64.

    A layer that tells no two of these examples apart has zeros in ``grams``.

    Attributes
    ----------
    grams
        (B, b, b) Grams of the column-centred activations.
    norms
        (B, b) L2 norms of the raw activations.
    """

    grams: FloatArray
    norms: FloatArray

    @property
    def squares(self) -> FloatArray:
        """(B, b) squared norms of the centred activations."""
        return np.diagonal(self.grams, axis1=1, axis2=2)

    def squared_distances(self) -> FloatArray:
        """(B, b, b) squared Euclidean distances of the examples; never below 0."""
        squares = self.squares
        distances = squares[:, :, None] + squares[:, None, :]
        distances -= 2 * self.grams
        return np.maximum(distances, 0, out=distances)

    def inner_products(self) -> FloatArray:
        """(B, b, b) inner products of the raw, uncentred activations."""
        squared = np.square(self.norms)
        return (squared[:, :, None] + squared[:, None, :] - self.squared_distances()) / 2


def batch_geometry(
    source: GramSource, batch: int, layers: Sequence[int] | NDArray[np.integer]
) -> Geometry:
    """Recover the geometry of one batch.

    Parameters
    ----------
    source
        The network.
    batch
        Number of the batch.
    layers
        (B,) indices of layers.
    """
    rows = np.asarray(layers, dtype=np.intp)
    start, stop = source.batches[batch]
    norms = np.asarray(source.activation_norms, dtype=np.float64)[rows, start:stop]
    squares = np.asarray(source.centered_square_batch, dtype=np.float64)[rows, start:stop]
    alive = squares.sum(axis=1) > CONSTANT * np.square(norms).sum(axis=1)
    packed = source.gram(batch)[rows]
    grams = [
        centered_gram(part, diagonal) if lives else np.zeros((stop - start, stop - start))
        for part, diagonal, lives in zip(packed, squares, alive, strict=True)
    ]
    return Geometry(np.array(grams), norms)


def centered_gram(packed: NDArray[np.floating], squares: FloatArray) -> FloatArray:
    """Column-centred Gram (b, b) of one layer.

    Parameters
    ----------
    packed
        (b (b - 1) / 2,) strict upper triangle of the U-centred Gram.
    squares
        (b,) its diagonal: squared norms of the centred activations.
    """
    count = len(squares)
    gram = unpack_upper(packed, count).astype(np.float64)
    shares = squares / (count - 2)
    gram -= shares[:, None] + shares[None, :] - shares.sum() / (count - 1)
    np.fill_diagonal(gram, squares)
    return gram
