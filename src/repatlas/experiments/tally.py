"""Accuracy and loss of many variants of a network, summed over batches."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F


class Tally:
    """Scores of variants, each at a place of an array.

    Parameters
    ----------
    shape
        Of the array.
    """

    def __init__(self, *shape: int) -> None:
        self._seen, self._right, self._loss = (np.zeros(shape) for _ in range(3))

    def add(self, place: tuple[int, ...], logits: Tensor, labels: Tensor) -> None:
        """Count a batch: logits (b, c), labels (b,)."""
        self._seen[place] += len(labels)
        self._right[place] += int((logits.argmax(1) == labels).sum())
        self._loss[place] += float(F.cross_entropy(logits.double(), labels, reduction="sum"))

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """Share of images whose class has the largest logit; NaN where none was counted."""
        return self._mean(self._right)

    @property
    def loss(self) -> NDArray[np.float64]:
        """Mean cross-entropy in nats; NaN where none was counted."""
        return self._mean(self._loss)

    def _mean(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        seen = np.where(self._seen > 0, self._seen, np.nan)
        means: NDArray[np.float64] = sums / seen
        return means
