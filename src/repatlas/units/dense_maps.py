"""Linear maps without a penalty, by least squares, from correlations alone."""

import numpy as np

from repatlas.similarity.shape import RANK_TOLERANCE
from repatlas.units.moments import Floats


def least_squares(gram: Floats, cross: Floats) -> Floats:
    """Weights of the linear maps with the least squared error, and among those the least norm.

    "Convergent Learning" found them by gradient descent, which had not converged: its error fell
    when a penalty was added.

    Parameters
    ----------
    gram
        (p, p) correlations of the predicting units. Directions whose eigenvalue, over the largest,
        is not above the rounding error of float32 activations get no weight.
    cross
        (p, q) their correlations with the predicted units.

    Returns
    -------
    Floats
        (p, q) weights, a column a predicted unit.
    """
    eigenvalues, vectors = np.linalg.eigh(gram)
    kept = eigenvalues > RANK_TOLERANCE * eigenvalues.max(initial=0)
    basis = vectors[:, kept]
    weights: Floats = basis @ ((basis.T @ cross) / eigenvalues[kept, None])
    return weights
