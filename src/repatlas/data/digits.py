"""The 8x8 digits of scikit-learn."""

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits as load_bundled_digits

from repatlas.data.arrays import choose_split
from repatlas.data.dataset import Split
from repatlas.data.resize import resize_square
from repatlas.data.spec import DataSpec
from repatlas.data.subset import balanced_subset

LARGEST_VALUE = 16
TEST_SHARE = 0.2
SPLIT_SEED = 2022
"""The split is the same in every study, whatever its subset seed."""


def load_digits(spec: DataSpec) -> tuple[tuple[str, ...], Split, Split]:
    """Split the 1797 digits 80:20, stratified; values 0..16 become 0..255.

    Returns
    -------
    tuple
        Class names, train, test.

    Raises
    ------
    InputError
        More images are asked for than there are.
    """
    bundled = load_bundled_digits()
    images = np.rint(bundled.images * (255 / LARGEST_VALUE)).astype(np.uint8)[:, None]
    labels = bundled.target.astype(np.int64)
    classes = tuple(str(name) for name in bundled.target_names)
    test = np.sort(balanced_subset(labels, TEST_SHARE, SPLIT_SEED))
    train = np.setdiff1d(np.arange(len(labels)), test)

    def choose(split: str, members: NDArray[np.int64]) -> Split:
        def take(chosen: NDArray[np.int64]) -> NDArray[np.uint8]:
            return resize_square(images[members[chosen]], spec.size)

        return choose_split(split, labels[members], take, classes, spec)

    return classes, choose("train", train), choose("test", test)
