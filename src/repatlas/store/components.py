"""Principal components of a layer in example space, from a product with its Gram matrix.

The components are the left singular vectors of the column-centred activations Xc (n, p), which
are the eigenvectors of Xc Xc'. Their eigenvalues over the squared norm of Xc are the shares of
variance; the first share is the fraction of variance explained of "On the Origins of the Block
Structure Phenomenon" (Nguyen, Raghu and Kornblith 2022), section 3. The released code of that
paper removes an extra mean over features first; here the share is that of the definition.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse.linalg
from numpy.typing import NDArray

Product = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Product of the centred Gram with the columns of an (n, m) matrix."""

SMALLEST_SHARE = 1e-6
"""Eigenvalues below this part of the first are what float32 rounding leaves of zero."""

DENSE_COUNT = 64
"""Up to this many examples the whole spectrum costs less than its leading part."""


@dataclass(frozen=True)
class Components:
    """Leading components of one layer.

    Attributes
    ----------
    vectors
        (k, n) float32, unit norm, signs fixed. NaN where there is no such component.
    eigenvalues
        (k,) float64, descending. 0 where there is no such component.
    shares
        (k,) float64 shares of the variance. 0 where there is no such component, NaN throughout
        if the layer is constant.
    """

    vectors: NDArray[np.float32]
    eigenvalues: NDArray[np.float64]
    shares: NDArray[np.float64]


def leading_components(product: Product, count: int, number: int, variance: float) -> Components:
    """Leading components of a layer from products with its centred Gram.

    Lanczos iteration from a fixed start, to the precision of float32. The whole spectrum is
    taken where that fails, as it does for a Gram that is a multiple of the identity.

    Parameters
    ----------
    product
        Product of the column-centred Gram Xc Xc' (n, n) with an (n, m) float32 matrix.
    count
        Number of examples n.
    number
        Number of components k.
    variance
        Squared norm of Xc, above 0.

    Returns
    -------
    Components
        Eigenvalues carry the float32 rounding of the Gram: about 1e-7 of the first.
    """
    eigenvalues, vectors = _lanczos(product, count, number)
    if len(eigenvalues) < number:
        gram = product(np.eye(count, dtype=np.float32))
        eigenvalues, vectors = scipy.linalg.eigh(
            (gram + gram.T) / 2, subset_by_index=[max(count - number, 0), count - 1]
        )
    return select_components(eigenvalues, vectors, number, variance)


def _lanczos(product: Product, count: int, number: int) -> tuple[NDArray, NDArray]:
    """Eigenvalues (m,) and vectors (n, m) that converged, m <= k; none where Lanczos has no use."""
    none = np.zeros(0), np.zeros((count, 0))
    if count <= max(DENSE_COUNT, 4 * number):
        return none
    start = np.random.default_rng(0).standard_normal(count).astype(np.float32)
    operator = scipy.sparse.linalg.LinearOperator(
        (count, count), matvec=product, matmat=product, dtype=np.float32
    )
    try:
        eigenvalues, vectors = scipy.sparse.linalg.eigsh(
            operator, number, v0=start - start.mean(), rng=np.random.default_rng(0)
        )
    except scipy.sparse.linalg.ArpackError:
        return none
    return eigenvalues, vectors


def select_components(
    eigenvalues: NDArray, vectors: NDArray, number: int, variance: float
) -> Components:
    """Order, trim and orient eigenpairs, and mark the components that do not exist.

    Parameters
    ----------
    eigenvalues
        (m,) in any order, m of any size.
    vectors
        (n, m) eigenvectors as columns, of any length.
    number
        Number of components k to give.
    variance
        Squared norm of the centred activations; 0 for a constant layer.
    """
    found = no_components(len(vectors), number)
    if variance == 0:
        return found
    found.shares[:] = 0
    order = np.argsort(eigenvalues)[::-1][:number]
    order = order[eigenvalues[order] > SMALLEST_SHARE * eigenvalues[order[0]]]
    chosen = vectors[:, order].astype(np.float64)
    chosen = orient(chosen / np.linalg.norm(chosen, axis=0))
    kept = len(order)
    found.vectors[:kept] = chosen.T
    found.eigenvalues[:kept] = eigenvalues[order]
    found.shares[:kept] = found.eigenvalues[:kept] / variance
    return found


def no_components(count: int, number: int) -> Components:
    """Give the k components of a constant layer, over n examples: none has a direction."""
    return Components(
        vectors=np.full((number, count), np.nan, np.float32),
        eigenvalues=np.zeros(number),
        shares=np.full(number, np.nan),
    )


def orient(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fix the signs of the columns: the sum of cubes is positive.

    A component carried by few examples so has its large entries positive. Where the cubes cancel,
    the first entry that is not negligible is positive.
    """
    cubes = vectors**3
    lean = cubes.sum(axis=0)
    tie = np.abs(lean) <= 1e-6 * np.abs(cubes).sum(axis=0)
    first = (np.abs(vectors) > 1e-3 * np.abs(vectors).max(axis=0)).argmax(axis=0)
    sign = np.sign(np.where(tie, vectors[first, np.arange(vectors.shape[1])], lean))
    return vectors * sign
