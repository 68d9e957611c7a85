"""The images that carry the first component: dominant datapoints (claim A4, Fig 3, D.2-D.4).

Dominant are the images with the largest absolute coordinates on the first component. The paper
gives no threshold; the 5 % here are the size of the upper mode in its Fig 3 (3 to 5 %).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement, Observation
from repatlas.claims.networks import Cell, Evidence, Network
from repatlas.claims.regions import off_diagonal
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import (
    mean,
    pair_observation,
    per_network_with_block,
    with_block,
    without_block,
)
from repatlas.errors import InputError

FRACTION = 0.05
LEAST_IMAGES = 4

Chosen = NDArray[np.bool_]


@statistic
def dominant_overlap(evidence: Evidence, *, role: Role, fraction: float = FRACTION) -> Measurement:
    """Jaccard overlap of the dominant images of two layers of the block, over pairs of layers.

    "On the Origins of the Block Structure Phenomenon", Fig 3, rows.

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
    return Measurement(
        _within(cell, fraction),
        null=_chance(cell, fraction),
        left_out=without_block(cell),
    )


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
    across = tuple(_across(cell, fraction))
    return Measurement(_within(cell, fraction), across, left_out=without_block(cell))


def dominant(vectors: NDArray[np.floating], fraction: float) -> Chosen:
    """Images with the largest absolute coordinates.

    Parameters
    ----------
    vectors
        (B, n), one component a layer.
    fraction
        Fraction of the n images; never fewer than `LEAST_IMAGES`.

    Returns
    -------
    Chosen
        (B, n), the same number of images in every layer.
    """
    layers, images = vectors.shape
    count = min(images, max(LEAST_IMAGES, round(fraction * images)))
    order = np.argsort(-np.abs(vectors), axis=1, kind="stable")
    chosen = np.zeros((layers, images), dtype=bool)
    np.put_along_axis(chosen, order[:, :count], True, axis=1)
    return chosen


def overlap(first: Chosen, second: Chosen) -> NDArray[np.float64]:
    """Jaccard overlaps (A, B) of sets of images, (A, n) and (B, n)."""
    common = first.astype(np.int64) @ second.T.astype(np.int64)
    union = first.sum(axis=1)[:, None] + second.sum(axis=1)[None, :] - common
    overlaps: NDArray[np.float64] = common / union
    return overlaps


def dominant_in_block(network: Network, fraction: float) -> Chosen:
    """Dominant images (S, n) of each of the S block outputs in the block of a network."""
    return dominant(network.components.vectors[network.block], fraction)


def _within(cell: Cell, fraction: float) -> tuple[Observation, ...]:
    def value(network: Network) -> float:
        chosen = dominant_in_block(network, fraction)
        return mean(off_diagonal(overlap(chosen, chosen)))

    return per_network_with_block(cell, value)


def _across(cell: Cell, fraction: float) -> Iterator[Observation]:
    for first, second in cell.pairs_of_seeds():
        if first.block is None or second.block is None:
            continue
        require_same_images([first, second])
        overlaps = overlap(dominant_in_block(first, fraction), dominant_in_block(second, fraction))
        yield pair_observation(first, second, float(overlaps.mean()))


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


def _chance(cell: Cell, fraction: float) -> float | None:
    """Overlap of two random sets of that size: about k / (2 n - k)."""
    for network in with_block(cell):
        count = int(dominant_in_block(network, fraction)[0].sum())
        return count / (2 * len(network.components.ids) - count)
    return None
