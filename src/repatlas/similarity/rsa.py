"""Representational similarity analysis: whether distances rank alike (Kriegeskorte et al. 2008)."""

import numpy as np
from scipy.stats import rankdata

from repatlas.similarity.source import FloatArray


def distance_correlations(distances: FloatArray) -> FloatArray:
    """Spearman correlation of the distances of every two layers.

    Parameters
    ----------
    distances
        (B, m) distances of the same m pairs of examples, or any increasing function of them.

    Returns
    -------
    FloatArray
        (B, B), -1 to 1 up to rounding; NaN in the row and column of a layer in which all distances
        are equal.
    """
    ranks = standard_ranks(distances)
    correlations: FloatArray = ranks @ ranks.T
    return correlations


def standard_ranks(distances: FloatArray) -> FloatArray:
    """Ranks (B, m) of the distances of each layer, centred and of unit norm.

    Their inner products are Spearman correlations; NaN for a layer in which all distances are
    equal.
    """
    ranks: FloatArray = rankdata(distances, axis=1)
    ranks -= ranks.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(ranks, axis=1)
    ranks /= np.where(norms > 0, norms, np.nan)[:, None]
    return ranks
