"""Correlations of units within and between two networks, in the orders in which they are drawn."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from repatlas.figures.units.group import Pair
from repatlas.figures.units.tables import unit_rows
from repatlas.units.moments import UnitMoments

MATCHED = "between, matched"

Units = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Matrix:
    """Units of a network (rows) against those of another or itself (columns).

    Attributes
    ----------
    title
        What it shows.
    rows, columns
        Names of the networks.
    values
        (p, q) correlations as drawn; NaN of dead units.
    units, others
        (p,) the units of the rows and (q,) of the columns, in the order drawn.
    mean_diagonal
        Mean over live units of the rows of the correlation with what stands at the same place;
        0 with a dead unit, as in records of matches.
    """

    title: str
    rows: str
    columns: str
    values: NDArray[np.float64]
    units: Units
    others: Units
    mean_diagonal: float

    @property
    def is_between(self) -> bool:
        """Whether it compares two networks."""
        return self.rows != self.columns

    def cells(self, panel: str, layer: str) -> pd.DataFrame:
        """Rows of its cells, and of the mean of the diagonal if it is of two networks."""
        cells = unit_rows(
            panel, layer, "correlation", self.values.ravel(),
            first=self.rows, second=self.columns,
            unit=np.repeat(self.units, len(self.others)),
            match=np.tile(self.others, len(self.units)),
        )  # fmt: skip
        if not self.is_between:
            return cells
        mean = unit_rows(
            panel, layer, "mean_diagonal", self.mean_diagonal, first=self.rows, second=self.columns
        )
        return pd.concat([cells, mean], ignore_index=True)


def matrices(moments: UnitMoments, pair: Pair, matched: Units) -> Iterator[Matrix]:
    """Within the first, within the second, between them as they are, and as they match.

    Parameters
    ----------
    matched
        (p,) match in the second of each unit of the first network; -1 for none.
    """
    first, second = pair.first, pair.second
    name, other = pair.names
    yield _matrix(f"within {name}", moments, {first: name}, (first, first))
    yield _matrix(f"within {other}", moments, {second: other}, (second, second))
    names = {first: name, second: other}
    yield _matrix("between", moments, names, (first, second))
    orders = in_order_of_matches(matched, moments.units[second])
    yield _matrix(MATCHED, moments, names, (first, second), orders)


def in_order_of_matches(matched: Units, count: int) -> tuple[Units, Units]:
    """Orders of units in which matches stand at the same place, those without one at the end.

    Parameters
    ----------
    matched
        (p,) match of each unit of the first network; -1 for none.
    count
        Units of the second network, q.

    Returns
    -------
    tuple
        (p,) units of the first and (q,) of the second network.
    """
    has_match = matched >= 0
    units = np.concatenate([np.flatnonzero(has_match), np.flatnonzero(~has_match)])
    matches = matched[has_match]
    return units, np.concatenate([matches, np.setdiff1d(np.arange(count), matches)])


def _matrix(
    title: str,
    moments: UnitMoments,
    names: dict[int, str],
    networks: tuple[int, int],
    orders: tuple[Units, Units] | None = None,
) -> Matrix:
    rows, columns = networks
    correlation = moments.correlation(rows, columns)
    units, others = orders or tuple(np.arange(count) for count in correlation.shape)
    live, others_live = moments.alive(rows)[units], moments.alive(columns)[others]
    correlation = correlation[np.ix_(units, others)]
    diagonal = np.diagonal(correlation)[live[: min(correlation.shape)]]
    return Matrix(
        title=title,
        rows=names[rows],
        columns=names[columns],
        values=np.where(live[:, None] & others_live, correlation, np.nan),
        units=units,
        others=others,
        mean_diagonal=float(diagonal.mean()) if diagonal.size else float("nan"),
    )
