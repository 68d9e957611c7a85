"""Do mutual information and correlation find the same pairs? ("Convergent Learning", Fig S4)."""

import numpy as np

from repatlas.claims.cells import Evidence
from repatlas.claims.measurement import Measurement
from repatlas.claims.networks import UnavailableError
from repatlas.claims.registry import statistic
from repatlas.claims.unit_tables import Bools, measured, tabulate
from repatlas.units.results import CRITERIA, Matching

SHOWN = 8
"""Best pairs of a layer that the paper shows."""


@statistic
def shared_best_pairs(evidence: Evidence, *, count: int = SHOWN) -> Measurement:
    """Share of the best pairs by correlation that are also among the best by mutual information.

    "Convergent Learning", Fig S4: best matches of the units of one seed in another; over both
    directions and the layers in which mutual information was taken.

    Parameters
    ----------
    evidence
        Results of the study.
    count
        How many pairs are the best.
    """
    units = evidence.units
    record = units.record(Matching, "matching")
    known = (record.fold == "all") & ~record.dead
    informed = known & (record.criterion == "information")
    layers = tuple(dict.fromkeys(record.layer[informed].tolist()))
    if not layers:
        raise UnavailableError("this study has no matches of units by mutual information")

    def shared(first: int, second: int, layer: int) -> float:
        here = known & (record.layer == layers[layer])
        directions = ((first, second), (second, first))
        return float(np.mean([_shared(record, here, pair, count) for pair in directions]))

    table = tabulate(units, record.subjects, layers, shared)
    return measured(table, table.of("all"), undefined="no live units")


def _shared(record: Matching, rows: Bools, pair: tuple[int, int], count: int) -> float:
    here = rows & (record.first == pair[0]) & (record.second == pair[1])
    best = [_best(record, here & (record.criterion == name), count) for name in CRITERIA]
    return len(best[0] & best[1]) / len(best[0]) if best[0] else float("nan")


def _best(record: Matching, rows: Bools, count: int) -> set[tuple[int, int]]:
    """Give the best pairs, each as a unit and its match."""
    places = np.flatnonzero(rows)
    order = np.argsort(-record.greedy_value[places], kind="stable")
    chosen = places[order[:count]]
    return set(zip(record.unit[chosen].tolist(), record.greedy[chosen].tolist(), strict=True))
