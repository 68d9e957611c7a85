"""Distances between classes, from distances between images of them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repatlas.theory.class_means import class_means as means_by_number

Floats = NDArray[np.float64]


def class_means(distances: ArrayLike, labels: ArrayLike) -> Floats:
    """Mean distance of two images, by their classes.

    Means and not sums: sums grow with the sizes of the classes, as in the authors' code.

    Parameters
    ----------
    distances
        (..., n, n) of all pairs of images.
    labels
        (n,) their classes.

    Returns
    -------
    Floats
        (..., c, c), classes ascending; on the diagonal over pairs of different images, NaN where a
        class has only one.
    """
    _, places = np.unique(np.asarray(labels).ravel(), return_inverse=True)
    return means_by_number(np.asarray(distances, dtype=np.float64), places)
