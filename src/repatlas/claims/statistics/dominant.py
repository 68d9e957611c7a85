"""The images that carry the first component: dominant datapoints (claim A4, Fig 3, D.2-D.4).

Dominant are the images with the largest absolute coordinates on the first component. The paper
gives no threshold; the 5 % here are the size of the upper mode in its Fig 3 (3 to 5 %).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.cells import Cell, Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import Network
from repatlas.claims.regions import off_diagonal
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import (
    Region,
    Side,
    block_of,
    mean,
    measure_each,
    measure_pairs,
    rows_in,
)
from repatlas.errors import InputError
from repatlas.similarity.dominant import Chosen, dominant, overlap

FRACTION = 0.05


@statistic
def dominant_overlap(
    evidence: Evidence, *, role: Role, fraction: float = FRACTION, region: Region = "block"
) -> Measurement:
    """Jaccard overlap of the dominant images of two layers, over pairs of layers.

    "On the Origins of the Block Structure Phenomenon", Fig 3, rows, and Fig D.1.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    fraction
        Fraction of the images that are called dominant.
    region
        Block outputs inside the block (networks without one are left out), or all.
    """
    cell = evidence.cell(role)
    within = _within(cell, fraction, region)
    return Measurement(within.observations, null=_chance(cell, fraction), left_out=within.left_out)


@statistic
def dominant_overlap_contrast(
    evidence: Evidence, *, role: Role, fraction: float = FRACTION
) -> Measurement:
    """Overlap of dominant images within the block, less that between blocks of two seeds.

    "On the Origins of the Block Structure Phenomenon", Fig 3, rows against columns.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    fraction
        Fraction of the images that are called dominant.
    """
    cell = evidence.cell(role)
    within = _within(cell, fraction, "block")
    across = _across(cell, fraction)
    return Measurement(within.observations, across.observations, left_out=within.left_out)


@statistic
def dominant_overlap_across(
    evidence: Evidence, *, role: Role, fraction: float = FRACTION
) -> Measurement:
    """Jaccard overlap of the dominant images of the blocks of two seeds, over pairs of layers.

    Beyond "On the Origins of the Block Structure Phenomenon", Fig 3, columns.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    fraction
        Fraction of the images that are called dominant.
    """
    cell = evidence.cell(role)
    across = _across(cell, fraction)
    return Measurement(across.observations, null=_chance(cell, fraction), left_out=across.left_out)


def dominant_in_block(network: Network, fraction: float) -> Chosen:
    """Dominant images (S, n) of each of the S block outputs in the block of a network.

    Raises
    ------
    SilentError
        It has no block.
    """
    return dominant(network.components.vectors[block_of(network)], fraction)


def dominant_rows(network: Network, fraction: float) -> NDArray[np.intp]:
    """Rows of the dominant images of the middle layer of the block; errors as above."""
    chosen = dominant_in_block(network, fraction)
    return np.flatnonzero(chosen[len(chosen) // 2])


def shared_images(first: Network, second: Network, fraction: float) -> float:
    """Mean overlap of the dominant images of the blocks of two networks.

    Raises
    ------
    InputError
        Their stores hold different images.
    """
    require_same_images([first, second])
    overlaps = overlap(dominant_in_block(first, fraction), dominant_in_block(second, fraction))
    return float(overlaps.mean())


def require_same_images(networks: Sequence[Network]) -> None:
    """Refuse networks whose stores hold other images, or another order of them.

    Raises
    ------
    InputError
        Names the two stores.
    """
    for network in networks[1:]:
        if not np.array_equal(network.components.ids, networks[0].components.ids):
            raise InputError(
                f"{networks[0].files.store} and {network.files.store} hold different images or "
                "another order of them: extract both with the same probe and data"
            )


def _within(cell: Cell, fraction: float, region: Region) -> Side:
    def value(network: Network) -> float:
        chosen = dominant(network.components.vectors[rows_in(network, region)], fraction)
        return mean(off_diagonal(overlap(chosen, chosen)))

    return measure_each(cell, value)


def _across(cell: Cell, fraction: float) -> Side:
    return measure_pairs(cell, lambda first, second: shared_images(first, second, fraction))


def _chance(cell: Cell, fraction: float) -> float | None:
    """Overlap of two random sets of that size: about k / (2 n - k)."""
    for network in cell.networks:
        images = len(network.components.ids)
        count = int(dominant(network.components.vectors[:1], fraction).sum())
        return count / (2 * images - count)
    return None
