"""Whether networks put points in the same geometry, up to one factor.

In the rich regime the theory has all architectures end with distances of ``(|dx| |dy*|)^(1/2)``,
up to one factor of each; in the lazy regime distances stay as inputs and initial weights set them.
A correlation of tables of distances is held against that of points which do not correspond: raw
likeness of representations says little by itself.
"""

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from repatlas.dynamics.findings import INPUTS, THEORY, Geometry
from repatlas.dynamics.results import PairDistances
from repatlas.errors import InputError
from repatlas.similarity.null import permutation_p_value
from repatlas.theory.effective import Pair
from repatlas.theory.pairwise import rich_structure

Floats = NDArray[np.float64]

PERMUTATIONS = 1000
"""Permutations of the points; all that there are, where those are no more."""


class Table(NamedTuple):
    """Distances (n, n) of what has a name, in one setting."""

    name: str
    setting: str
    distances: Floats


class Agreement(NamedTuple):
    """Fields as in `Geometry`, of one comparison."""

    correlation: float
    scale: float
    null_mean: float
    null_sd: float
    p: float


def compare_geometry(found: Mapping[str, PairDistances], *, seed: int = 0) -> Geometry:
    """Compare the tables of final distances of networks, setting by setting.

    Every two networks that have a setting, and each with the distances of the inputs and with those
    of the rich regime. A network's table is the mean over its replicas that did not diverge.

    Parameters
    ----------
    found
        Distances of the same points, by the name of the network.
    seed
        Of the permutations.

    Raises
    ------
    InputError
        Networks were shown different points.
    """
    orders = _orders(_check_points(found), np.random.default_rng(seed))
    rows = list(_comparisons(found))
    agreements = [agreement(one.distances, other.distances, orders) for one, other in rows]
    columns = np.array(agreements, dtype=np.float64).reshape(-1, len(Agreement._fields)).T
    return Geometry(
        settings={"seed": seed, "networks": {name: one.settings for name, one in found.items()}},
        first=np.array([one.name for one, _ in rows]),
        second=np.array([other.name for _, other in rows]),
        regime=np.array([one.setting for one, _ in rows]),
        **dict(zip(Agreement._fields, columns, strict=True)),
    )


def agreement(first: Floats, second: Floats, orders: NDArray[np.integer]) -> Agreement:
    """Compare two tables over all pairs of points.

    Parameters
    ----------
    first, second
        (n, n) distances of the same points.
    orders
        (permutations, n) orders of the points of the second, the right one not among them.

    Returns
    -------
    Agreement
        NaN where one of the tables is not finite or has one distance for all pairs.
    """
    rows, columns = np.triu_indices(len(first), k=1)
    one, other = first[rows, columns], second[rows, columns]
    permuted = second[orders[:, rows], orders[:, columns]]
    found, null = float(_correlations(one, other)), _correlations(one, permuted)
    return Agreement(
        found,
        float(one @ other / np.sum(other**2)) if other.any() else np.nan,
        float(null.mean()),
        float(null.std()),
        permutation_p_value(found, null),
    )


def mean_tables(name: str, record: PairDistances) -> list[Table]:
    """Final distances in every setting, as the mean over replicas that did not diverge."""
    tables = []
    for setting, distances in zip(record.setting.tolist(), record.final_distance, strict=True):
        stayed = distances[np.isfinite(distances).all(axis=(1, 2))].astype(np.float64)
        missing = np.full(distances.shape[1:], np.nan)
        tables.append(Table(name, setting, stayed.mean(axis=0) if len(stayed) else missing))
    return tables


def structured(record: PairDistances) -> Floats:
    """Hidden distances (n, n) of the rich regime, up to one factor."""
    inputs, targets = (
        table.astype(np.float64) ** 2 for table in (record.input_distance, record.target_distance)
    )
    return np.sqrt(rich_structure(Pair(inputs, targets)))


def _comparisons(found: Mapping[str, PairDistances]) -> Iterator[tuple[Table, Table]]:
    """Networks two by two, then each with what it may follow; settings as they first appear."""
    tables = [table for name, record in found.items() for table in mean_tables(name, record)]
    record = next(iter(found.values()))
    given = record.input_distance.astype(np.float64)
    structure = structured(record)
    for setting in dict.fromkeys(table.setting for table in tables):
        chosen = [table for table in tables if table.setting == setting]
        yield from itertools.combinations(chosen, 2)
        for table in chosen:
            yield table, Table(INPUTS, setting, given)
            yield table, Table(THEORY, setting, structure)


def _check_points(found: Mapping[str, PairDistances]) -> int:
    """Number of points, if they are the same for all."""
    name, record = next(iter(found.items()))
    for other, compared in found.items():
        if not np.array_equal(record.input_distance, compared.input_distance):
            raise InputError(
                f"{name} and {other} were shown different points: compare networks of one task"
            )
    return len(record.points)


def _orders(count: int, source: np.random.Generator) -> NDArray[np.integer]:
    """Orders (permutations, n) of points other than the one they have; all, if they are few."""
    if math.factorial(count) <= PERMUTATIONS:
        return np.array(list(itertools.permutations(range(count)))[1:])
    return np.stack([source.permutation(count) for _ in range(PERMUTATIONS)])


def _correlations(one: Floats, others: Floats) -> Floats:
    """Pearson's (...,) of a row (k,) with rows (..., k)."""
    first = one - one.mean()
    second = others - others.mean(axis=-1, keepdims=True)
    sizes = np.linalg.norm(first) * np.linalg.norm(second, axis=-1)
    with np.errstate(invalid="ignore"):
        found: Floats = np.where(sizes > 0, second @ first / sizes, np.nan)
    return found
