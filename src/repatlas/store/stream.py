"""A layer's part of the store from repeated passes over batches, for any number of examples.

Grams of the batches need one pass. Components come from a block power iteration, one step a pass:
from an orthonormal basis V (p, m) the pass gathers the projections Q = Xc V (n, m) and the image
Xc' Q (p, m), and the left singular vectors and eigenvalues are those of Xc Xc' restricted to the
span of Q (Rayleigh-Ritz). The first basis comes from the first batch, so few passes are needed.

Activations are shifted by the mean of the first batch, after the first pass by the mean of all,
so that a large offset cancels in no product; what is left of the mean is subtracted from the sums.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.store.components import Components, select_components
from repatlas.store.gram import CONSTANT
from repatlas.store.layer_grams import (
    BatchGram,
    Float64,
    column_sums,
    flatten,
    gram,
    require_finite,
    squared_norms,
)

OVERSAMPLING = 8
"""Directions carried beyond those asked for: they speed the last ones up."""

SINGULAR = 1e-12
"""Part of the largest eigenvalue below which float32 projections hold rounding only."""


class LayerStream:
    """One layer over the passes.

    Parameters
    ----------
    name
        What messages call the layer.
    count
        Number of examples n.
    components
        Number of components k.

    Attributes
    ----------
    norms
        (n,) L2 norms of the raw activations, after the first pass.
    centered_square_batch
        (n,) squared norms of the activations centred over their batch, after the first pass.
    centered_square
        (n,) squared norms of the activations centred over all examples, after the second pass.
    """

    def __init__(self, name: str, count: int, components: int) -> None:
        self.name = name
        self.norms = np.zeros(count)
        self.centered_square_batch = np.zeros(count)
        self.centered_square = np.zeros(count)
        self._components = components
        self._width = components + OVERSAMPLING
        self._passes = 0
        self._eigenvalues: Float64 = np.zeros(0)
        self._vectors: Float64 = np.zeros((count, 0))
        self._projections = np.zeros((count, 0), dtype=np.float32)
        self._shift: Tensor
        self._basis: Tensor
        self._image: Tensor
        self._sum: Tensor

    def add(self, output: Tensor, start: int) -> NDArray[np.float32] | None:
        """Take in the activations (b, ...) of the batch that begins at example ``start``.

        Returns
        -------
        NDArray or None
            In the first pass the packed U-centred Gram of the batch, later None.

        Raises
        ------
        InputError
            Activations that are not finite.
        """
        features = flatten(output)
        rows = slice(start, start + len(features))
        first = self._passes == 0
        if first:
            self._measure(features, rows)
        centered = features - self._shift
        squares = squared_norms(centered)
        self.centered_square[rows] = squares
        packed = self._gram(centered, squares, rows) if first else None
        projections = centered @ self._basis
        self._projections[rows] = projections.cpu().numpy()
        self._image += centered.T @ projections
        self._sum += column_sums(centered)
        return packed

    def end_pass(self) -> float:
        """Finish a pass, and prepare the next.

        Returns
        -------
        float
            Largest change of a share of variance since the pass before; infinite after the first.
        """
        residual = self._sum / len(self.norms)
        self._passes += 1
        before = self._eigenvalues
        images = self._rayleigh_ritz()
        self._shift = self._shift + residual.float()
        self._begin_pass(images)
        if self._passes < 2:
            return np.inf
        if self._constant():
            return 0.0
        after = np.zeros(self._components)
        after[: len(self._eigenvalues)] = self._eigenvalues[: self._components]
        after[: len(before)] -= before[: self._components]
        return float(np.abs(after).max() / self.centered_square.sum())

    def components(self) -> Components:
        """Leading components, after two passes or more; a constant layer's norms are set to 0."""
        if self._constant():
            self.centered_square[:] = 0
            self.centered_square_batch[:] = 0
        return select_components(
            self._eigenvalues,
            self._vectors,
            self._components,
            float(self.centered_square.sum()),
        )

    def _constant(self) -> bool:
        total = float(np.square(self.norms).sum())
        return float(self.centered_square.sum()) <= CONSTANT * total

    def _measure(self, features: Tensor, rows: slice) -> None:
        squares = squared_norms(features)
        require_finite(squares, self.name)
        self.norms[rows] = np.sqrt(squares)
        if rows.start == 0:
            self._shift = (column_sums(features) / len(features)).float()

    def _gram(self, centered: Tensor, squares: Float64, rows: slice) -> NDArray[np.float32]:
        block = gram(centered)
        if rows.start == 0:
            vectors = torch.linalg.eigh(block.double()).eigenvectors
            self._begin_pass(centered.T @ vectors[:, -self._width :].flip(1).float())
        batch = BatchGram.make(block.cpu().numpy(), squares, np.square(self.norms[rows]))
        self.centered_square_batch[rows] = batch.centered_square
        return batch.packed

    def _begin_pass(self, images: Tensor) -> None:
        """Start from the span of ``images`` (p, r), filled up with random directions."""
        features = len(images)
        width = min(self._width, features)
        scales = torch.linalg.vector_norm(images, dim=0)
        kept = (images[:, scales > 0] / scales[scales > 0])[:, :width]
        missing = torch.randn(
            features, width - kept.shape[1], generator=torch.Generator().manual_seed(0)
        )
        self._basis = torch.linalg.qr(torch.cat([kept, missing.to(kept.device)], dim=1))[0]
        self._image = torch.zeros_like(self._basis)
        self._sum = torch.zeros(features, dtype=torch.float64, device=kept.device)
        self._projections = np.zeros((len(self.norms), width), dtype=np.float32)

    def _rayleigh_ritz(self) -> Tensor:
        """Eigenpairs of the centred Gram on the span of the projections; gives ``Xc' u`` (p, r)."""
        projections = self._projections.astype(np.float64)
        means = projections.mean(axis=0)
        projections -= means
        values, rotation = np.linalg.eigh(projections.T @ projections)
        kept = values > SINGULAR * max(values[-1], 0)
        whiten = rotation[:, kept] / np.sqrt(values[kept])
        # Y' (Q - mean) = Y' Q - (Y' 1) mean; centring one factor of a product centres both.
        device = self._image.device
        image = self._image.double() - self._sum[:, None] * torch.from_numpy(means).to(device)
        images = image @ torch.from_numpy(whiten).to(device)
        values, rotation = np.linalg.eigh((images.T @ images).cpu().numpy())
        order = np.argsort(values)[::-1]
        self._eigenvalues = values[order]
        self._vectors = projections @ whiten @ rotation[:, order]
        return (images @ torch.from_numpy(rotation[:, order].copy()).to(device)).float()
