"""Maps from all units of one network to every unit of another, along a path of strengths."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from repatlas.units.dense_maps import least_squares
from repatlas.units.lasso import LassoMaps, lasso_path
from repatlas.units.live_units import FOUND, SCORED, LiveUnits, mean_products
from repatlas.units.moments import Floats, Part, UnitMoments


@dataclass(frozen=True, eq=False)
class ScoredMaps:
    """Maps of one strength, with errors of 1/2 for a prediction of the mean over the even images.

    Attributes
    ----------
    maps
        Weights (p, q) of live units, and duality gaps.
    train_errors, heldout_errors
        (q,) half the mean squared error over the variance, over even and over odd images.
    shuffled_errors
        (q,) the latter of maps found and scored where the predicting network saw other images.
    """

    maps: LassoMaps
    train_errors: Floats
    heldout_errors: Floats
    shuffled_errors: Floats


def scored_maps(
    moments: UnitMoments, first: LiveUnits, second: LiveUnits, alphas: Sequence[float]
) -> Iterator[ScoredMaps]:
    """Find maps on the even images and score them on the odd ones ("Convergent Learning", 4).

    Odd images are standardised by the means and standard deviations of the even ones.

    Parameters
    ----------
    moments
        Moments of a layer.
    first, second
        p live units of the network that predicts, q of the one that is predicted.
    alphas
        Strengths, falling; 0 stands for least squares.

    Yields
    ------
    ScoredMaps
        Maps at each strength, in the order given.
    """
    found, scored = (_Products.over(moments, first, second, part) for part in (FOUND, SCORED))
    null_found, null_scored = (
        _Products.over(moments, first, second, part, shuffled=True) for part in (FOUND, SCORED)
    )
    paths = (linear_maps(side.within, side.cross, alphas) for side in (found, null_found))
    for maps, null_maps in zip(*paths, strict=True):
        yield ScoredMaps(
            maps=maps,
            train_errors=found.errors(maps.weights),
            heldout_errors=scored.errors(maps.weights),
            shuffled_errors=null_scored.errors(null_maps.weights),
        )


def linear_maps(gram: Floats, cross: Floats, alphas: Sequence[float]) -> Iterator[LassoMaps]:
    """Maps along falling strengths, as `lasso_path`, which may end in 0: least squares."""
    yield from lasso_path(gram, cross, [alpha for alpha in alphas if alpha > 0])
    if 0 in alphas:
        yield LassoMaps(0.0, least_squares(gram, cross), np.zeros(cross.shape[1]))


@dataclass(frozen=True, eq=False)
class _Products:
    """Mean products of standardised units: (p, p) within, (p, q) cross, (q,) squares."""

    within: Floats
    cross: Floats
    squares: Floats

    @classmethod
    def over(
        cls,
        moments: UnitMoments,
        first: LiveUnits,
        second: LiveUnits,
        part: Part,
        shuffled: bool = False,
    ) -> "_Products":
        return cls(
            within=mean_products(moments, first, first, part),
            cross=mean_products(moments, first, second, part, shuffled),
            squares=np.diagonal(mean_products(moments, second, second, part)),
        )

    def errors(self, weights: Floats) -> Floats:
        """(q,) half the mean squared errors of maps."""
        explained = np.einsum("ij,ij->j", weights, 2 * self.cross - self.within @ weights)
        errors: Floats = (self.squares - explained) / 2
        return errors
