"""Networks retrained on other images: does another colour take over? (section 10.1 e)."""

import numpy as np

from repatlas.claims.cells import Cell, Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import Network, UnavailableError
from repatlas.claims.reading import Array
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.color import ImageStatistic
from repatlas.claims.statistics.common import SilentError, measure_each, other_cell
from repatlas.claims.statistics.dominant import FRACTION, dominant_rows, shared_images
from repatlas.data.image_statistics import read_image_statistics


@statistic
def dominant_color_shift(
    evidence: Evidence,
    *,
    role: Role,
    before: Role,
    control: Role,
    image_statistic: ImageStatistic = "border_color",
    fraction: float = FRACTION,
) -> Measurement:
    """Distance between mean colours of the old and new dominant images, less that of a control.

    Beyond "On the Origins of the Block Structure Phenomenon". Old and new are networks of one
    initialisation and data order, looked at on the same probe images; in RGB, each in 0 to 1.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell that was retrained without the dominant training images, or with changed ones.
    before
        The cell as it was before.
    control
        The cell that was retrained on as many fewer, random images; its mean distance is
        subtracted. Networks without a block are left out of both.
    image_statistic
        What the data set knows of each image.
    fraction
        Fraction of the images that are called dominant, at the middle layer of the block.
    """
    old = evidence.cell(before)

    def shift(network: Network) -> float:
        first, second = (
            _mean_statistic(old, item, image_statistic, fraction)
            for item in (_earlier(old, network), network)
        )
        return float(np.linalg.norm(first - second))

    found = measure_each(evidence.cell(role), shift)
    against = measure_each(other_cell(evidence, role, control), shift)
    return Measurement(
        found.observations, against.observations, left_out=found.left_out + against.left_out
    )


@statistic
def dominant_images_kept(
    evidence: Evidence, *, role: Role, before: Role, fraction: float = FRACTION
) -> Measurement:
    """Jaccard overlap of the dominant images before and after a network was retrained.

    Beyond "On the Origins of the Block Structure Phenomenon". Between the blocks of two networks of
    one initialisation and data order, over pairs of layers.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell that was retrained; its networks without a block are left out.
    before
        The cell as it was before.
    fraction
        Fraction of the images that are called dominant.
    """
    old = evidence.cell(before)
    found = measure_each(
        evidence.cell(role),
        lambda network: shared_images(_earlier(old, network), network, fraction),
    )
    return Measurement(found.observations, left_out=found.left_out)


def _earlier(old: Cell, network: Network) -> Network:
    """Network of the same initialisation and data order before it was retrained."""
    for candidate in old.networks:
        if (candidate.seed, candidate.order) == (network.seed, network.order):
            if candidate.block is None:
                raise SilentError(f"no block in {candidate.label}")
            return candidate
    raise SilentError(f"no network of {old.label} has its seed and data order")


def _mean_statistic(old: Cell, network: Network, name: ImageStatistic, fraction: float) -> Array:
    if old.files.data is None:
        raise UnavailableError(f"this study has no image statistics for {old.label}")
    images = network.components.ids[dominant_rows(network, fraction)]
    values: Array = read_image_statistics(old.files.data, [name], images)[name].mean(axis=0)
    return values
