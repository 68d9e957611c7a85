"""Do the dominant images share a simple image statistic? (claim A4, Fig 3)."""

from typing import Literal

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement, Observation
from repatlas.claims.networks import UnavailableError
from repatlas.claims.null import spread_test
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import with_block, without_block
from repatlas.claims.statistics.dominant import FRACTION, dominant_rows, require_same_images
from repatlas.data.image_statistics import read_image_statistics

ImageStatistic = Literal["border_color", "mean_color", "corner_color", "brightness", "contrast"]


@statistic
def dominant_spread(
    evidence: Evidence,
    *,
    role: Role,
    image_statistic: ImageStatistic,
    fraction: float = FRACTION,
    within_class: bool = False,
) -> Measurement:
    """Spread of an image statistic among the dominant images, over that among random images.

    "On the Origins of the Block Structure Phenomenon", Fig 3: the dominant images of one seed
    have blue backgrounds, those of another white ones. The spread is the mean pairwise distance;
    the null permutes the statistic among the probe images.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    image_statistic
        What the data set knows of each image.
    fraction
        Fraction of the images that are called dominant, at the middle layer of the block.
    within_class
        Permute within classes only, so that images of one class being alike is no evidence.
    """
    cell = evidence.cell(role)
    if cell.files.data is None:
        raise UnavailableError(f"this study has no image statistics for {cell.label}")
    networks = list(with_block(cell))
    if not networks:
        return Measurement((), left_out=without_block(cell))
    require_same_images(networks)
    images = networks[0].components
    test = spread_test(
        read_image_statistics(cell.files.data, [image_statistic], images.ids)[image_statistic],
        [dominant_rows(network, fraction) for network in networks],
        evidence.spec.permutations,
        np.random.default_rng(evidence.spec.seed),
        images.labels if within_class else None,
    )
    return Measurement(
        tuple(
            Observation(float(ratio), (network.unit,), network.label, float(p))
            for network, ratio, p in zip(networks, test.ratios, test.p_values, strict=True)
        ),
        null=1.0,
        p=test.p,
        left_out=without_block(cell),
    )
