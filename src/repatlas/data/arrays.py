"""Splits chosen from sources that come as arrays."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from repatlas.data.dataset import Split
from repatlas.data.spec import DataSpec
from repatlas.data.subset import balanced_subset

Images = NDArray[np.uint8]


def choose_split(
    split: str,
    labels: NDArray[np.int64],
    take: Callable[[NDArray[np.int64]], Images],
    classes: Sequence[str],
    spec: DataSpec,
) -> Split:
    """Take the share of a source that a spec asks for.

    Parameters
    ----------
    split
        ``"train"`` or ``"test"``.
    labels
        (n,), of all images of the source.
    take
        From indices (m,) to images, uint8 (m, c, h, w) with one channel or three.
    classes
        Names of the labels.
    spec
        Tells how many, and the seed of the choice.

    Returns
    -------
    Split
        Ids are ``split/class/index``, the index counting the images of the source.
    """
    labels = np.asarray(labels, np.int64)
    amount = spec.train if split == "train" else spec.test
    chosen = balanced_subset(labels, amount, spec.subset_seed, classes)
    images = take(chosen)
    if images.shape[1] == 1:
        images = np.repeat(images, 3, axis=1)
    ids = [f"{split}/{classes[labels[i]]}/{i:05d}" for i in chosen]
    return Split(images, labels[chosen], np.array(ids))
