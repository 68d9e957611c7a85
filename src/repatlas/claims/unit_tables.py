"""Values of pairs of networks in layers, from records in long form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.measurement import Measurement, Observation
from repatlas.claims.networks import UnavailableError
from repatlas.claims.reading import Array
from repatlas.claims.units import Pair, Units
from repatlas.errors import InputError
from repatlas.records import Subject

Bools = NDArray[np.bool_]
Layer = Literal["all", "first", "last"]
"""The mean over all layers, or the one nearest to the input or to the output."""


class LongForm(Protocol):
    """A record whose rows belong to layers and pairs of networks."""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The networks."""

    @property
    def layer(self) -> NDArray[np.str_]:
        """(m,) titles of layers, input to output."""

    @property
    def first(self) -> NDArray[np.int64]:
        """(m,) one network."""

    @property
    def second(self) -> NDArray[np.int64]:
        """(m,) another one."""


@dataclass(frozen=True, eq=False)
class PairTable:
    """Values of P pairs of networks that fitted, in L layers, input to output.

    Attributes
    ----------
    pairs
        The pairs.
    layers
        (L,) titles.
    values
        (P, L), NaN where there is none.
    not_fitted
        Notes on the networks that did not fit.
    """

    pairs: tuple[Pair, ...]
    layers: tuple[str, ...]
    values: Array
    not_fitted: tuple[str, ...]

    def with_values(self, values: Array) -> "PairTable":
        """Other values of the same pairs and layers."""
        return PairTable(self.pairs, self.layers, values, self.not_fitted)

    def minus(self, other: "PairTable") -> "PairTable":
        """Differences to a table of the same pairs and layers, such as a null.

        Raises
        ------
        InputError
            It is about other pairs or layers.
        """
        units = [
            [member.unit for pair in table.pairs for member in pair] for table in (self, other)
        ]
        if self.layers != other.layers or units[0] != units[1]:
            raise InputError(
                "two files about units are not about the same layers and networks: let the "
                "workflow make both anew"
            )
        return self.with_values(self.values - other.values)

    def of(self, layer: Layer) -> Array:
        """(P,) values in a layer, or their means over all."""
        if layer == "all":
            return self.values.mean(axis=1)
        return self.values[:, 0 if layer == "first" else -1]

    def first_layer_lead(self) -> Array:
        """(P,) value of the first layer less the largest one of the others.

        Raises
        ------
        UnavailableError
            There are no others.
        """
        if len(self.layers) < 2:
            raise UnavailableError("this study looks at the units of a single layer")
        return self.values[:, 0] - self.values[:, 1:].max(axis=1)


def pair_table(
    units: Units, record: LongForm, values: NDArray[Any], chosen: Bools | None = None
) -> PairTable:
    """Means of values over all rows that belong to a pair, in either direction, and a layer.

    Parameters
    ----------
    units
        Which networks fitted.
    record
        To whose rows the values belong.
    values
        (m,) values of its rows.
    chosen
        (m,) rows that count; all if None.
    """
    layers, layer = layer_places(record.layer)
    count = len(record.subjects)
    low, high = np.minimum(record.first, record.second), np.maximum(record.first, record.second)
    rows = slice(None) if chosen is None else np.flatnonzero(chosen)
    cell = ((low * count + high) * len(layers) + layer)[rows]
    shape = count, count, len(layers)
    size = int(np.prod(shape))
    sums = np.bincount(cell, np.asarray(values, dtype=np.float64)[rows], size)
    with np.errstate(invalid="ignore"):
        means = (sums / np.bincount(cell, minlength=size)).reshape(shape)
    return tabulate(
        units, record.subjects, layers, lambda one, other, row: float(means[one, other, row])
    )


def tabulate(
    units: Units,
    subjects: tuple[Subject, ...],
    layers: tuple[str, ...],
    value: Callable[[int, int, int], float],
) -> PairTable:
    """Take a value of each pair in each layer.

    Parameters
    ----------
    units
        Which networks fitted.
    subjects
        All networks.
    layers
        (L,) titles of the layers.
    value
        Of two networks and a layer, by their places.
    """
    pairs = units.pairs(subjects)
    values = [
        [value(one.place, other.place, layer) for layer in range(len(layers))]
        for one, other in pairs
    ]
    return PairTable(
        tuple(pairs),
        layers,
        np.array(values, dtype=np.float64).reshape(-1, len(layers)),
        units.not_fitted(subjects),
    )


def layer_places(titles: NDArray[np.str_]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Titles of the layers in their order, and the place of each row's among them."""
    known, starts, inverse = np.unique(titles, return_index=True, return_inverse=True)
    order = np.argsort(starts)
    return tuple(map(str, known[order])), np.argsort(order)[inverse]


def measured(
    table: PairTable,
    values: Array,
    *,
    undefined: str = "a layer in which nothing varies",
    null: float | None = None,
) -> Measurement:
    """Take one observation of each pair.

    Parameters
    ----------
    table
        Whose pairs they are.
    values
        (P,) values.
    undefined
        Why some are NaN: these pairs are left out.
    null
        Value expected if there were nothing to find.
    """
    observations, left_out = [], []
    for (first, second), value in zip(table.pairs, values, strict=True):
        told = first.label, second.label
        if first.unit.cell == second.unit.cell:
            told = first.label, f"seed {second.unit.seed}"
        label = " and ".join(told)
        if np.isnan(value):
            left_out.append(f"{label}: {undefined}")
        else:
            observations.append(Observation(float(value), (first.unit, second.unit), label))
    return Measurement(
        tuple(observations), null=null, left_out=tuple(left_out), not_fitted=table.not_fitted
    )
