"""Values of each seed, and of each pair of seeds, of a cell."""

from collections.abc import Callable, Iterator

import numpy as np

from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement, Observation
from repatlas.claims.networks import Cell, Evidence, Network, UnavailableError
from repatlas.claims.reading import Array

PerNetwork = Callable[[Network], float]


def per_network(cell: Cell, value: PerNetwork) -> tuple[Observation, ...]:
    """One observation for each network of the cell."""
    return tuple(_observation(network, value(network)) for network in cell.networks)


def per_network_with_block(cell: Cell, value: PerNetwork) -> tuple[Observation, ...]:
    """One observation for each network of the cell that has a block."""
    return tuple(_observation(network, value(network)) for network in with_block(cell))


def with_block(cell: Cell) -> Iterator[Network]:
    """Networks of the cell that have a block."""
    return (network for network in cell.networks if network.block is not None)


def without_block(cell: Cell) -> tuple[str, ...]:
    """Note the networks of the cell that have no block, of which a claim about it is silent."""
    return tuple(f"{network.label}: no block" for network in cell.networks if network.block is None)


def pair_observation(first: Network, second: Network, value: float) -> Observation:
    """Give the observation of two networks of different seeds."""
    label = f"{first.label} and seed {second.seed}"
    return Observation(value, (first.unit, second.unit), label)


def _observation(network: Network, value: float) -> Observation:
    return Observation(value, (network.unit,), network.label)


def contrast(evidence: Evidence, role: Role, minus: Role | None, value: PerNetwork) -> Measurement:
    """Measure each network of one cell and, if one is named, those of a cell to be subtracted.

    Raises
    ------
    UnavailableError
        A role that nothing plays, or two roles that the same networks play.
    """
    cell = evidence.cell(role)
    if minus is None:
        return Measurement(per_network(cell, value))
    other = evidence.cell(minus)
    if cell.files.networks == other.files.networks:
        raise UnavailableError(f"{cell.label} is both the {role} and the {minus} network")
    return Measurement(per_network(cell, value), per_network(other, value))


def mean(values: Array) -> float:
    """Mean of all values, NaN where there is none or one of them is undefined."""
    return float(np.mean(values)) if values.size else float("nan")
