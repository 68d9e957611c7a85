"""Do networks of different seeds represent alike? (claim A3, Fig 2b)."""

from collections.abc import Iterator

import numpy as np

from repatlas.claims.cells import Cell, Evidence
from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement, Observation
from repatlas.claims.networks import CKA, Network
from repatlas.claims.regions import off_diagonal
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import (
    block_of,
    mean,
    measure_each,
    measure_pairs,
    other_cell,
    pair_observation,
    without_block,
)

CHANCE = 0.0
"""Unbiased CKA expected of unrelated representations."""


@statistic
def across_block_cka(evidence: Evidence, *, role: Role) -> Measurement:
    """Mean CKA between the block of one seed and the block of another, over pairs of seeds.

    "On the Origins of the Block Structure Phenomenon", Fig 2b, last panel.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    """
    cell = evidence.cell(role)
    return Measurement(tuple(_across(cell)), null=CHANCE, left_out=without_block(cell))


@statistic
def within_minus_across_cka(evidence: Evidence, *, role: Role) -> Measurement:
    """Mean CKA between the layers of one block, less that between the blocks of two seeds.

    "On the Origins of the Block Structure Phenomenon", Fig 2b, all panels.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    """
    cell = evidence.cell(role)
    within = measure_each(cell, _inside)
    return Measurement(within.observations, tuple(_across(cell)), left_out=within.left_out)


@statistic
def corresponding_layer_cka(
    evidence: Evidence, *, role: Role, minus: Role | None = None
) -> Measurement:
    """Mean CKA between the same block output in two seeds, over block outputs and pairs of seeds.

    "On the Origins of the Block Structure Phenomenon", Fig 2b, small network, and Fig I.1 and I.2,
    panels off the diagonal.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    minus
        A cell whose mean is subtracted.
    """
    if minus is None:
        return Measurement(_corresponding(evidence.cell(role)), null=CHANCE)
    other = other_cell(evidence, role, minus)
    return Measurement(_corresponding(evidence.cell(role)), _corresponding(other))


@statistic
def block_position_distance(evidence: Evidence, *, role: Role) -> Measurement:
    """Fraction of the block outputs in the blocks of two seeds that are in one of them only.

    "Do Wide and Deep Networks Learn the Same Things?", Fig D.1: size and position of the block
    vary from seed to seed.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged; its networks without a block are left out.
    """
    pairs = measure_pairs(evidence.cell(role), _apart)
    return Measurement(pairs.observations, null=0.0, left_out=pairs.left_out)


def _inside(network: Network) -> float:
    rows = block_of(network)
    return mean(off_diagonal(network.maps[CKA][rows, rows]))


def _apart(first: Network, second: Network) -> float:
    one, two = ({*range(len(item.rows))[block_of(item)]} for item in (first, second))
    return 1 - len(one & two) / len(one | two)


def _corresponding(cell: Cell) -> tuple[Observation, ...]:
    return tuple(
        pair_observation(first, second, mean(np.diagonal(cka)))
        for first, second, cka in cell.across(CKA)
    )


def _across(cell: Cell) -> Iterator[Observation]:
    for first, second, cka in cell.across(CKA):
        if first.block is not None and second.block is not None:
            yield pair_observation(first, second, mean(cka[first.block, second.block]))
