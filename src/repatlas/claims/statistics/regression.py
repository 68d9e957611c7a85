"""How well simple image statistics tell the projection of images held out (section 10.1 d)."""

import numpy as np

from repatlas.claims.cells import Cell, Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import Network, UnavailableError
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import Region, measure_each, rows_in
from repatlas.data.image_statistics import read_image_statistics
from repatlas.similarity.image_regression import (
    STATISTICS,
    folds_of,
    held_out_r2s,
    image_features,
    log_projection,
)


@statistic
def held_out_fit(evidence: Evidence, *, role: Role, region: Region = "block") -> Measurement:
    """Part of the variance of the projection that image statistics explain on held-out images.

    Beyond "On the Origins of the Block Structure Phenomenon", which argues by looking: R2 of a
    ridge regression of log10 |u_i| on colours, brightness and contrast, median over block outputs.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    region
        Block outputs inside the block (networks without one are left out), or all.
    """
    cell = evidence.cell(role)
    found = measure_each(cell, lambda network: _fit(cell, network, region))
    return Measurement(found.observations, null=0.0, left_out=found.left_out)


def _fit(cell: Cell, network: Network, region: Region) -> float:
    if cell.files.data is None:
        raise UnavailableError(f"this study has no image statistics for {cell.label}")
    vectors = network.components.vectors[rows_in(network, region)]
    ids = network.components.ids
    known = read_image_statistics(cell.files.data, STATISTICS, ids)
    targets = np.stack([log_projection(vector) for vector in vectors], axis=1)
    fits = held_out_r2s(targets, image_features(known, STATISTICS), folds_of(ids))
    return float(np.median(fits))
