"""Do networks of different seeds represent alike? (claim A3, Fig 2b)."""

from collections.abc import Iterator

import numpy as np

from repatlas.claims.evidence import Role
from repatlas.claims.measurement import Measurement, Observation
from repatlas.claims.networks import CKA, Cell, Evidence
from repatlas.claims.regions import off_diagonal
from repatlas.claims.registry import statistic
from repatlas.claims.statistics.common import (
    mean,
    pair_observation,
    per_network_with_block,
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
    within = per_network_with_block(
        cell, lambda network: mean(off_diagonal(network.maps[CKA][network.block, network.block]))
    )
    return Measurement(within, tuple(_across(cell)), left_out=without_block(cell))


@statistic
def corresponding_layer_cka(evidence: Evidence, *, role: Role) -> Measurement:
    """Mean CKA between the same block output in two seeds, over block outputs and pairs of seeds.

    "On the Origins of the Block Structure Phenomenon", Fig 2b, small network.

    Parameters
    ----------
    evidence
        Results of the study.
    role
        The cell judged.
    """
    return Measurement(
        tuple(
            pair_observation(first, second, mean(np.diagonal(cka)))
            for first, second, cka in evidence.cell(role).across(CKA)
        ),
        null=CHANCE,
    )


def _across(cell: Cell) -> Iterator[Observation]:
    for first, second, cka in cell.across(CKA):
        if first.block is not None and second.block is not None:
            yield pair_observation(first, second, mean(cka[first.block, second.block]))
