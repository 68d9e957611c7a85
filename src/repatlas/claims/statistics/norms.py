"""Do dominant images have large activations that point the same way? (claim A6, Fig 5)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import Network
from repatlas.claims.reading import Array, read_cosines
from repatlas.claims.regions import off_diagonal
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import SilentError, block_of, contrast
from repatlas.claims.statistics.dominant import FRACTION, dominant_in_block, dominant_rows

Projection = Literal["signed", "absolute"]

BATCHES = 4
"""Probe batches whose cosines are read: a thousand images of the paper's ten thousand."""


@statistic
def norm_ratio(evidence: Evidence, *, role: Role, fraction: float = FRACTION) -> Measurement:
    """Mean activation norm of the dominant images over the median of all, inside the block.

    "On the Origins of the Block Structure Phenomenon", Fig 5, middle: L2 norms of raw activations.
    The value of a network is the median over the block outputs of its block.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    fraction
        Fraction of the images that are called dominant.
    """

    def value(network: Network) -> float:
        chosen = dominant_in_block(network, fraction)
        norms = network.norms[block_of(network)]
        means = np.array([row[images].mean() for row, images in zip(norms, chosen, strict=True)])
        return float(np.median(means / np.median(norms, axis=1)))

    return contrast(evidence, role, None, value)


@statistic
def norm_projection_correlation(
    evidence: Evidence, *, role: Role, projection: Projection = "signed"
) -> Measurement:
    """Rank correlation of activation norm and projection on the first component, in the block.

    "On the Origins of the Block Structure Phenomenon", Fig 5, right, for which the paper gives no
    number: Spearman's, over all probe images. The value of a network is the median over the block
    outputs of its block.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    projection
        ``signed``: as the paper plots it, on the side of the component on which dominant images
        are positive. ``absolute``: the distance from the mean image, by which they are ranked.
    """

    def value(network: Network) -> float:
        rows = block_of(network)
        # Stores hold components with a positive sum of cubes: on the side of the dominant images.
        vectors = network.components.vectors[rows]
        projected = vectors if projection == "signed" else abs(vectors)
        pairs = zip(network.norms[rows], projected, strict=True)
        return float(np.median([spearmanr(norms, far).statistic for norms, far in pairs]))

    return contrast(evidence, role, None, value)


@statistic
def dominant_alignment(
    evidence: Evidence, *, role: Role, fraction: float = FRACTION
) -> Measurement:
    """Mean cosine between centred activations of dominant images, less that of random images.

    "On the Origins of the Block Structure Phenomenon", section 4: dominant images point in similar
    directions. At the middle layer of the block, over pairs within a probe batch.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    fraction
        Fraction of the images that are called dominant.
    """

    def value(network: Network) -> float:
        rows = block_of(network)
        middle = network.names[rows][(rows.stop - rows.start) // 2]
        chosen = dominant_rows(network, fraction)
        among, all_pairs = [], []
        for batch, cosines in read_cosines(network.store, middle, BATCHES):
            members = _members(chosen, batch)
            among.append(off_diagonal(cosines[np.ix_(members, members)]))
            all_pairs.append(off_diagonal(cosines))
        pairs: Array = np.concatenate(among)
        if not pairs.size:
            raise SilentError("no two dominant images in a probe batch")
        return float(pairs.mean() - np.concatenate(all_pairs).mean())

    return contrast(evidence, role, None, value)


def _members(chosen: NDArray[np.intp], batch: slice) -> NDArray[np.intp]:
    """Places within a batch of the chosen rows of the probe set."""
    return chosen[(chosen >= batch.start) & (chosen < batch.stop)] - batch.start
