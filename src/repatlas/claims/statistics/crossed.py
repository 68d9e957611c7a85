"""Initialisation against data order: what decides about the block? (section 10.1 f)."""

from collections.abc import Iterator
from typing import Literal

from repatlas.claims.cells import Cell, Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement, Observation, Seed
from repatlas.claims.networks import CKA, Network, UnavailableError
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import mean, without_block
from repatlas.claims.statistics.dominant import FRACTION, shared_images

Shared = Literal["initialisation", "order", "neither"]
Pair = tuple[Network, Network]


@statistic
def crossed_overlap(
    evidence: Evidence, *, role: Role, shared: Shared, fraction: float = FRACTION
) -> Measurement:
    """Overlap of dominant images between networks that share a seed, less those that share none.

    Beyond "On the Origins of the Block Structure Phenomenon": Jaccard overlap between the blocks
    of two networks, over pairs of layers.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged: initialisations crossed with data orders. Its networks without a block are
        left out.
    shared
        The ``initialisation``, the ``order``, or ``neither``, of which nothing is subtracted.
    fraction
        Fraction of the images that are called dominant.
    """
    cell = evidence.cell(role)

    def values(kind: Shared) -> tuple[Observation, ...]:
        return tuple(
            _observation(first, second, shared_images(first, second, fraction))
            for first, second in _pairs(cell, kind)
        )

    return _against_neither(cell, shared, values(shared), values("neither"))


@statistic
def crossed_cka(evidence: Evidence, *, role: Role, shared: Shared) -> Measurement:
    """Mean CKA between the blocks of networks that share a seed, less those that share none.

    Beyond "On the Origins of the Block Structure Phenomenon".

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged: initialisations crossed with data orders. Its networks without a block are
        left out.
    shared
        The ``initialisation``, the ``order``, or ``neither``, of which nothing is subtracted.
    """
    cell = evidence.cell(role)

    def values(kind: Shared) -> tuple[Observation, ...]:
        return tuple(
            _observation(first, second, mean(cka[first.block, second.block]))
            for first, second, cka in cell.across(CKA, _pairs(cell, kind))
        )

    return _against_neither(cell, shared, values(shared), values("neither"))


def _against_neither(
    cell: Cell,
    shared: Shared,
    found: tuple[Observation, ...],
    neither: tuple[Observation, ...],
) -> Measurement:
    if not any(True for _ in _pairs(cell, "initialisation", blocks=False)):
        raise UnavailableError(f"this study crosses no data orders of {cell.label}")
    minus = None if shared == "neither" else neither
    return Measurement(found, minus, left_out=without_block(cell))


def _pairs(cell: Cell, shared: Shared, *, blocks: bool = True) -> Iterator[Pair]:
    """Pairs that share this and nothing else, of networks with a block or of all."""
    same = {"initialisation": (True, False), "order": (False, True), "neither": (False, False)}
    for first, second in cell.pairs():
        if blocks and (first.block is None or second.block is None):
            continue
        if (first.seed == second.seed, first.order == second.order) == same[shared]:
            yield first, second


def _observation(first: Network, second: Network, value: float) -> Observation:
    """Both seeds are drawn: initialisations, and data orders as if they were those of a cell."""
    orders = dict.fromkeys(Seed(f"{item.cell}, orders", item.order) for item in (first, second))
    seeds = dict.fromkeys((first.unit, second.unit))
    told = [f"initialisation {item.seed} and order {item.order}" for item in (first, second)]
    return Observation(value, (*seeds, *orders), f"{first.cell}, " + " with ".join(told))
