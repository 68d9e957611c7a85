"""Values of each seed, and of each pair of seeds, of a cell."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from repatlas.claims.cells import Cell, Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement, Observation
from repatlas.claims.networks import CKA, Network, UnavailableError
from repatlas.claims.reading import Array
from repatlas.claims.regions import largest_run

PerNetwork = Callable[[Network], float]
Region = Literal["block", "all"]
"""Block outputs inside the block, or all of them."""
Extent = Literal["coverage", "dominated"]
"""Two measures of how much of a network is block: by CKA alone, and by shares of variance."""

DOMINATES = 0.5
"""Share of variance above which a first component dominates a layer."""


class SilentError(Exception):
    """A claim says nothing about this network; the message says why."""


class Side(NamedTuple):
    """Observations of one cell, and notes on its networks that have none."""

    observations: tuple[Observation, ...]
    left_out: tuple[str, ...]


def measure_each(cell: Cell, value: PerNetwork) -> Side:
    """Take one observation of each network of the cell of which the claim speaks.

    Raises
    ------
    UnavailableError
        The study has the evidence for none of the networks of which it speaks.
    """
    observations, left_out, unavailable = [], [], []
    for network in cell.networks:
        try:
            observations.append(Observation(value(network), (network.unit,), network.label))
        except SilentError as error:
            left_out.append(f"{network.label}: {error}")
        except UnavailableError as error:
            left_out.append(f"{network.label}: {error}")
            unavailable.append(error)
    if unavailable and not observations:
        raise unavailable[0]
    return Side(tuple(observations), tuple(left_out))


def contrast(
    evidence: Evidence,
    role: Role,
    minus: Role | None,
    value: PerNetwork,
    subtracted: PerNetwork | None = None,
) -> Measurement:
    """Measure each network of one cell and, if one is named, those of a cell to be subtracted.

    Parameters
    ----------
    evidence
        Results of the study.
    role, minus
        The cell measured, and the one whose mean is subtracted.
    value
        Of a network of the first.
    subtracted
        Of a network of the second; as the first if None.

    Raises
    ------
    UnavailableError
        A role that nothing plays, or two roles that the same networks play.
    """
    first = measure_each(evidence.cell(role), value)
    if minus is None:
        return Measurement(first.observations, left_out=first.left_out)
    second = measure_each(other_cell(evidence, role, minus), subtracted or value)
    left_out = first.left_out + second.left_out
    return Measurement(first.observations, second.observations, left_out=left_out)


def other_cell(evidence: Evidence, role: Role, minus: Role) -> Cell:
    """Give the cell to be subtracted from that of a role; errors as `contrast`."""
    cell, other = evidence.cell(role), evidence.cell(minus)
    if cell.files.networks == other.files.networks:
        raise UnavailableError(f"{cell.label} is both the {role} and the {minus} network")
    return other


def measure_pairs(cell: Cell, value: Callable[[Network, Network], float]) -> Side:
    """Take one observation of each pair of seeds of the cell that both have a block.

    Raises
    ------
    UnavailableError
        The study has the evidence for none of them.
    """
    observations, left_out, unavailable = [], list(without_block(cell)), []
    for first, second in cell.pairs_of_seeds():
        if first.block is None or second.block is None:
            continue
        pair = pair_observation(first, second, float("nan"))
        try:
            observations.append(replace(pair, value=value(first, second)))
        except SilentError as error:
            left_out.append(f"{pair.label}: {error}")
        except UnavailableError as error:
            left_out.append(f"{pair.label}: {error}")
            unavailable.append(error)
    if unavailable and not observations:
        raise unavailable[0]
    return Side(tuple(observations), tuple(left_out))


def block_of(network: Network) -> slice:
    """Give the block of a network.

    Raises
    ------
    SilentError
        It has none.
    """
    if network.block is None:
        raise SilentError("no block")
    return network.block


def rows_in(network: Network, region: Region) -> slice:
    """Give a region of the block outputs of a network; errors as `block_of`."""
    return block_of(network) if region == "block" else slice(None)


def with_block(cell: Cell) -> Iterator[Network]:
    """Networks of the cell that have a block."""
    return (network for network in cell.networks if network.block is not None)


def without_block(cell: Cell) -> tuple[str, ...]:
    """Note the networks of the cell that have no block, of which a claim about it is silent."""
    return tuple(f"{network.label}: no block" for network in cell.networks if network.block is None)


def extent(network: Network, of: Extent, share: float = DOMINATES) -> float:
    """Fraction of the block outputs of a network that are block.

    Parameters
    ----------
    network
        The network, on whatever probe set.
    of
        ``coverage``: in the largest contiguous set with very high mutual CKA. ``dominated``: with
        a first component that has more than a share of the variance.
    share
        That share.
    """
    if of == "dominated":
        return float((network.share > share).mean())
    cka = network.maps[CKA]
    run = largest_run(cka)
    return 0.0 if run is None else (run.stop - run.start) / len(cka)


def pair_observation(first: Network, second: Network, value: float) -> Observation:
    """Give the observation of two networks of one cell, or of two."""
    told = f"seed {second.seed}" if first.cell == second.cell else second.label
    return Observation(value, (first.unit, second.unit), f"{first.label} and {told}")


def mean(values: Array) -> float:
    """Mean of all values, NaN where there is none or one of them is undefined."""
    return float(np.mean(values)) if values.size else float("nan")
