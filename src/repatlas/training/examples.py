"""Images and labels in the memory of the device, and their channel statistics."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from repatlas.data.dataset import Split


@dataclass(frozen=True, eq=False)
class Examples:
    """The images of a split as a network is given them.

    Attributes
    ----------
    images
        uint8 (n, 3, h, w): a quarter of the memory of floats, which arise batch by batch.
    labels
        int64 (n,).
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


def examples_of(split: Split, device: torch.device) -> Examples:
    """Copy a split to a device, once for the whole training."""
    return Examples(
        torch.tensor(split.images, device=device), torch.tensor(split.labels, device=device)
    )


def channel_statistics(images: NDArray[np.uint8]) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of each channel over images and pixels, on the scale [0, 1].

    They are exact: sums over the histogram of the 256 values, in float64. A constant channel gets
    standard deviation 1, so that it becomes 0 and not NaN.

    Parameters
    ----------
    images
        (n, c, h, w).
    """
    means, deviations = [], []
    values = np.arange(256) / 255
    for channel in range(images.shape[1]):
        share = np.bincount(images[:, channel].ravel(), minlength=256) / images[:, channel].size
        mean = float(share @ values)
        deviation = float(np.sqrt(share @ (values - mean) ** 2))
        constant = np.count_nonzero(share) == 1
        means.append(mean)
        deviations.append(1.0 if constant else deviation)
    return means, deviations
