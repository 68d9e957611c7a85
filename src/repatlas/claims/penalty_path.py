"""Sparse maps between units along the strengths of their penalty, and the knee of their errors."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.networks import UnavailableError
from repatlas.claims.reading import Array
from repatlas.claims.unit_tables import Bools, PairTable, pair_table
from repatlas.claims.units import Units
from repatlas.units.knee import GUESS, KEPT
from repatlas.units.results import SparseMaps

NEAR = 1.5
"""Factor within which a strength counts as the one asked for."""


class PenaltyPath:
    """Sparse maps of P pairs of networks that fitted, in L layers, at A strengths.

    Parameters
    ----------
    units
        What a study found between units.

    Attributes
    ----------
    record
        The maps.
    alphas
        (A,) strengths for a unit, from the weakest.

    Raises
    ------
    UnavailableError
        The study has no sparse maps.
    """

    def __init__(self, units: Units) -> None:
        self.record = units.record(SparseMaps, "sparse_maps")
        self.alphas = np.unique(self.record.alpha)
        self._units = units

    def along(self, values: NDArray[Any], chosen: Bools | None = None) -> Array:
        """(A, P, L) means of values of the record's rows, all or some."""
        rows = np.ones(len(values), dtype=np.bool_) if chosen is None else chosen
        tables = [
            pair_table(self._units, self.record, values, rows & (self.record.alpha == alpha))
            for alpha in self.alphas
        ]
        return np.stack([table.values for table in tables])

    def table(self, values: Array) -> PairTable:
        """Values (P, L) with their pairs and layers."""
        return pair_table(self._units, self.record, self.record.alpha).with_values(values)

    @functools.cached_property
    def errors(self) -> Array:
        """(A, P, L) mean errors on images held out."""
        return self.along(self.record.heldout_error)

    @property
    def best(self) -> Array:
        """(P, L) the lowest of them."""
        best: Array = self.errors.min(axis=0)
        return best

    @property
    def kept(self) -> Array:
        """(A, P, L) part of what the best maps predict that is left; NaN where that is nothing."""
        predicted = GUESS - self.best
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(predicted > 0, (GUESS - self.errors) / predicted, np.nan)

    def at_best(self, values: Array) -> Array:
        """(P, L) of values (A, P, L), those at the strength of the lowest error."""
        chosen = self.errors.argmin(axis=0)
        found: Array = np.take_along_axis(values, chosen[None], axis=0)[0]
        return found

    def at_knee(self, values: Array) -> Array:
        """(P, L) of values (A, P, L), those at the strongest penalty that keeps `KEPT`."""
        enough = self.kept >= KEPT
        last = len(enough) - 1 - enough[::-1].argmax(axis=0)
        chosen = np.take_along_axis(values, last[None], axis=0)[0]
        return np.where(enough.any(axis=0), chosen, np.nan)

    def nearest(self, alpha: float) -> int:
        """Place of the strength nearest to one, as a factor.

        Raises
        ------
        UnavailableError
            None is near.
        """
        apart = np.full(len(self.alphas), np.inf)
        positive = self.alphas > 0
        apart[positive] = abs(np.log(self.alphas[positive] / alpha))
        place = int(apart.argmin())
        if apart[place] > np.log(NEAR):
            raise UnavailableError(f"this study has no sparse maps of a strength near {alpha:g}")
        return place
