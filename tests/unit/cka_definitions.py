"""Float64 definitions of the measures, written as the papers write them; slow and plain."""

import numpy as np

from repatlas.store.gram import batch_rows


def hsic_unbiased(x, y):
    """Three-term estimator of Song et al. (2012)."""
    n = len(x)
    gram, other = x @ x.T, y @ y.T
    np.fill_diagonal(gram, 0)
    np.fill_diagonal(other, 0)
    one = np.ones(n)
    terms = (
        np.trace(gram @ other)
        + (one @ gram @ one) * (one @ other @ one) / ((n - 1) * (n - 2))
        - 2 / (n - 2) * (one @ gram @ other @ one)
    )
    return terms / (n * (n - 3))


def hsic_biased(x, y):
    """vec(HKH) . vec(HLH) / (n - 1)^2."""
    n = len(x)
    h = np.eye(n) - 1 / n
    return np.vdot(h @ (x @ x.T) @ h, h @ (y @ y.T) @ h) / (n - 1) ** 2


def cka_definition(x, y, hsic=hsic_unbiased, batch_size=None):
    """Ratio of HSIC summed over batches."""
    # The definitions cancel too: a shift of the mean, which changes no value, spares them that.
    x, y = (
        np.asarray(part, np.float64) - np.mean(part, axis=0, dtype=np.float64) for part in (x, y)
    )
    rows = batch_rows(len(x), batch_size or len(x))

    def total(a, b):
        return sum(hsic(a[start:stop], b[start:stop]) for start, stop in rows)

    return total(x, y) / np.sqrt(total(x, x) * total(y, y))


def cka_matrix(layers, others, hsic=hsic_unbiased, batch_size=None):
    """CKA of each pair of layers."""
    return np.array([[cka_definition(x, y, hsic, batch_size) for y in others] for x in layers])


def without_components(x, count):
    """Xc - U U' Xc for the first left singular vectors of the centred features."""
    centered = np.asarray(x, np.float64) - np.mean(x, axis=0, dtype=np.float64)
    u = np.linalg.svd(centered, full_matrices=False)[0][:, :count]
    return centered - u @ (u.T @ centered)
