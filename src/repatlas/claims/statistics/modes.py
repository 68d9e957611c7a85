"""How few images carry the first component, and whether they stand apart (section 10.1 b)."""

import functools
from typing import Literal

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import Network
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import Region, SilentError, contrast, rows_in
from repatlas.similarity.modes import find_modes, participation_ratio

Fit = Literal["bic_gain", "depth"]


@statistic
def participation(
    evidence: Evidence, *, role: Role, minus: Role | None = None, region: Region = "all"
) -> Measurement:
    """Share of the images that carry the first component: median participation ratio.

    Beyond "On the Origins of the Block Structure Phenomenon", Fig 3: ``1 / (n sum u_i^4)``, about
    1/3 for a Gaussian component. The median is that over block outputs.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    minus
        A cell whose value is subtracted.
    region
        Block outputs inside the block (networks without one are left out), or all; of a cell that
        is subtracted, all.
    """

    def value(network: Network, region: Region) -> float:
        return float(
            np.median(participation_ratio(network.components.vectors[rows_in(network, region)]))
        )

    return contrast(
        evidence,
        role,
        minus,
        functools.partial(value, region=region),
        functools.partial(value, region="all"),
    )


@statistic
def bimodal_fraction(
    evidence: Evidence, *, role: Role, minus: Role | None = None, region: Region = "all"
) -> Measurement:
    """Fraction of block outputs on whose first component the projections have two modes.

    Beyond "On the Origins of the Block Structure Phenomenon", Fig 3 and D.1: the density of
    log10 |u_i| has a valley above its median, with enough images above it
    (`repatlas.similarity.modes`).

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    minus
        A cell whose fraction is subtracted.
    region
        Block outputs inside the block (networks without one are left out), or all; of a cell that
        is subtracted, all.
    """

    def value(network: Network, region: Region) -> float:
        found = [
            find_modes(vector) for vector in network.components.vectors[rows_in(network, region)]
        ]
        return float(np.mean([modes.bimodal for modes in found]))

    return contrast(
        evidence,
        role,
        minus,
        functools.partial(value, region=region),
        functools.partial(value, region="all"),
    )


@statistic
def mixture_gain(evidence: Evidence, *, role: Role, minus: Role | None = None) -> Measurement:
    """By how much two Gaussians describe log10 of the projections better than one, an image.

    Beyond "On the Origins of the Block Structure Phenomenon", Fig 3: difference of the Bayesian
    information criteria over the number of images, median over block outputs: over those of the
    block in the cell judged, over all in one that is subtracted.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    minus
        A cell whose value is subtracted.
    """

    def value(network: Network, region: Region) -> float:
        vectors = network.components.vectors[rows_in(network, region)]
        return float(np.median([find_modes(vector).bic_gain for vector in vectors]))

    return contrast(
        evidence,
        role,
        minus,
        functools.partial(value, region="block"),
        functools.partial(value, region="all"),
    )


@statistic
def upper_mode(evidence: Evidence, *, role: Role) -> Measurement:
    """Share of the images in the upper mode of the projections, where there are two modes.

    Beyond "On the Origins of the Block Structure Phenomenon", Fig 3: median over the block outputs
    of the block whose projections are bimodal.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block, or without two modes there, are left out.
    """

    def value(network: Network) -> float:
        vectors = network.components.vectors[rows_in(network, "block")]
        sizes = [modes.upper for modes in map(find_modes, vectors) if modes.bimodal]
        if not sizes:
            raise SilentError("one mode throughout the block")
        return float(np.median(sizes))

    return contrast(evidence, role, None, value)
