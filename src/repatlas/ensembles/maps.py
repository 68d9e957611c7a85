"""How alike two linear maps are, as whole maps and by the hidden layers that they imply.

Inputs are isotropic, so that every correlation over inputs is an inner product of weights.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def map_cosine(first: Floats, second: Floats) -> Floats:
    """Cosine between end-to-end maps.

    Parameters
    ----------
    first, second
        (..., d, k) maps of d inputs to k outputs.

    Returns
    -------
    Floats
        (...), from -1 to 1.
    """
    inner = np.einsum("...dk,...dk->...", first, second)
    squares = np.square(first).sum(axis=(-2, -1)) * np.square(second).sum(axis=(-2, -1))
    cosine: Floats = inner / np.sqrt(squares)
    return cosine


def hidden_map(weights: Floats) -> Floats:
    """Hidden layer of a balanced linear network that computes a map, up to a rotation.

    Gradient flow from small weights keeps both layers balanced (``W1 W1' = W2' W2``), so that of
    ``W = U S V'`` the first layer is ``R S^(1/2) V'``; CKA does not see the rotation R.

    Parameters
    ----------
    weights
        (..., d, k) end-to-end maps, k at most d.

    Returns
    -------
    Floats
        (..., d, k): each hidden unit's weights in a column.
    """
    vectors, values, _ = np.linalg.svd(weights, full_matrices=False)
    hidden: Floats = vectors * np.sqrt(values)[..., None, :]
    return hidden


def hidden_cka(first: Floats, second: Floats) -> Floats:
    """Linear CKA between hidden layers on isotropic inputs.

    ``|A'B|^2 / (|A'A| |B'B|)`` with Frobenius norms; with one unit the squared cosine.

    Parameters
    ----------
    first, second
        (..., d, p) and (..., d, q) weights of the hidden units.

    Returns
    -------
    Floats
        (...), from 0 to 1.
    """
    cross, own, other = (
        np.square(np.einsum("...dp,...dq->...pq", one, two)).sum(axis=(-2, -1))
        for one, two in ((first, second), (first, first), (second, second))
    )
    cka: Floats = cross / np.sqrt(own * other)
    return cka
