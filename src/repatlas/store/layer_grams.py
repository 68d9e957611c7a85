"""Gram matrices and norms of one layer's activations, made while the hook holds them.

Activations are centred over the examples before any product, so that features with a large
offset lose nothing to cancellation in float32; the Grams are float32 products (on a CPU numpy's
symmetric product, on CUDA without TF32), and norms, traces and means are float64.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.errors import InputError
from repatlas.store.gram import CONSTANT, pack_upper, u_center

BLOCK = 256
"""Values whose squares are summed in float32 before float64 takes over."""

Float64 = NDArray[np.float64]


def flatten(output: Tensor) -> Tensor:
    """Activations (n, ...) as a (n, p) float32 matrix, without a copy where memory allows it.

    The order of the features follows memory, since no Gram depends on it.
    """
    if output.ndim == 4 and output.is_contiguous(memory_format=torch.channels_last):
        output = output.permute(0, 2, 3, 1)
    return output.detach().reshape(len(output), -1).float()


def column_sums(features: Tensor) -> Tensor:
    """Sums (p,) over the examples, in float64."""
    if features.is_cuda:
        return features.sum(0, dtype=torch.float64)
    # numpy sums float32 into float64 four times faster than torch does on a CPU.
    return torch.from_numpy(features.numpy().sum(axis=0, dtype=np.float64))


def squared_norms(features: Tensor) -> Float64:
    """Squared L2 norms (n,) of the rows of a (n, p) float32 matrix.

    Sums of a few hundred squares are float32, their sum is float64: relative error below 1e-7.
    """
    width = features.shape[1]
    whole = width - width % BLOCK
    blocks = features[:, :whole].unflatten(1, (-1, BLOCK)) if whole else features[:, :0, None]
    sums = torch.linalg.vector_norm(blocks, dim=2).double().square().sum(1)
    sums += torch.linalg.vector_norm(features[:, whole:], dim=1).double().square()
    return sums.cpu().numpy()


def gram(features: Tensor) -> Tensor:
    """Gram matrix (n, n) of a (n, p) float32 matrix, on its device."""
    if features.is_cuda:
        return features @ features.T
    matrix = features.numpy()
    return torch.from_numpy(matrix @ matrix.T)  # numpy sees the symmetry and does half the work


@dataclass(frozen=True)
class BatchGram:
    """The Gram of one probe batch of one layer.

    Attributes
    ----------
    packed
        (b (b - 1) / 2,) float32 strict upper triangle of the U-centred Gram.
    centered_square
        (b,) squared norms of the activations centred over the batch.
    """

    packed: NDArray[np.float32]
    centered_square: Float64

    @classmethod
    def make(
        cls, block: NDArray[np.float32], squares: Float64, raw_squares: Float64
    ) -> "BatchGram":
        """From a Gram of activations that were shifted near their mean.

        Parameters
        ----------
        block
            (b, b) Gram.
        squares
            (b,) its diagonal, more exact.
        raw_squares
            (b,) squared norms of the activations as they came.
        """
        means = block.mean(axis=1, dtype=np.float64)
        centered = np.maximum(squares - 2 * means + means.mean(), 0)
        if centered.sum() <= CONSTANT * raw_squares.sum():
            return cls.constant(len(squares))
        return cls(pack_upper(u_center(block)), centered)

    @classmethod
    def constant(cls, count: int) -> "BatchGram":
        """Of a layer that tells no two examples apart."""
        return cls(np.zeros(count * (count - 1) // 2, np.float32), np.zeros(count))


def require_finite(squares: Float64, layer: str) -> None:
    """Refuse activations with NaN or infinity, or whose squared norm is beyond float32.

    Raises
    ------
    InputError
        Names the layer.
    """
    if not (squares < np.finfo(np.float32).max).all():  # also false for NaN
        raise InputError(
            f"layer {layer}: its activations hold NaN, infinity or values whose squares exceed "
            "float32: the network diverged, or its weights are not those of this network"
        )
