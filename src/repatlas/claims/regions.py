"""Where in a network the block is, for claims about it.

Here a block is found by CKA alone: a claim about first-component shares inside the block could not
fail if the shares had chosen the block. Layers are block outputs throughout.
"""

import math

import numpy as np
from numpy.typing import NDArray

from repatlas.similarity.block import LEAST_OUTPUTS, find_block

Array = NDArray[np.float64]

LEAST_COVERAGE = 0.25
"""Smallest part of a network's block outputs that counts as a block.

The smallest blocks that the papers show cover 26 to 31 % of the layers (RN-38 1x on 1/16 of
CIFAR-10, RN-80 1x on Patch Camelyon).
"""


def largest_run(cka: Array, least: int = 1) -> slice | None:
    """Longest run of consecutive layers with very high mutual CKA (above `CKA_THRESHOLD`).

    Parameters
    ----------
    cka
        (B, B) within one network; NaN (a constant layer) belongs to no run.
    least
        Fewest layers of a run.

    Returns
    -------
    slice or None
        Of the B layers; None where no run is long enough.
    """
    everywhere = np.ones(len(cka))
    found = find_block(everywhere, cka, everywhere, share_threshold=0, least_outputs=least)
    return None if found is None else slice(found.first, found.last + 1)


def block(cka: Array) -> slice | None:
    """Find the block: the longest run, if it is a part of the network worth the name.

    Parameters
    ----------
    cka
        (B, B) within one network.
    """
    return largest_run(cka, max(LEAST_OUTPUTS, math.ceil(LEAST_COVERAGE * len(cka))))


def off_diagonal(matrix: Array) -> Array:
    """Entries of the strict upper triangle: each pair of different layers once."""
    pairs: Array = matrix[np.triu_indices(len(matrix), k=1)]
    return pairs
