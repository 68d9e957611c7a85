"""Products of rows, added up in place."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import get_blas_funcs
from torch import Tensor


def add_square(total: Tensor, rows: Tensor) -> None:
    """Add the lower triangle of ``rows' rows`` to a matrix; above it anything may stand.

    Parameters
    ----------
    total
        (p, p), contiguous.
    rows
        (n, p), contiguous, of the same dtype.
    """
    if rows.is_cuda:
        total.addmm_(rows.T, rows)
        return
    # BLAS does half the work where it is told of the symmetry, which PyTorch never does. It goes
    # by columns: what is the upper triangle to it is the lower one here.
    columns, sums = rows.numpy().T, total.numpy().T
    syrk = get_blas_funcs("syrk", (columns,))
    syrk(1.0, columns, beta=1.0, c=sums, overwrite_c=1)


def mirrored(lower: Tensor) -> NDArray[np.float64]:
    """Symmetric matrix (p, p) with the lower triangle given."""
    matrix = lower.cpu().double().numpy().copy()
    for row in range(1, len(matrix)):
        matrix[:row, row] = matrix[row, :row]
    return matrix
