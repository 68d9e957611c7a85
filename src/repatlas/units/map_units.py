"""Writes the sparse maps between every two networks of a group, layer by layer."""

import os
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from repatlas.errors import InputError
from repatlas.group_records import write_group_record
from repatlas.units.gathered import GatheredUnits, UnitLayer
from repatlas.units.knee import GUESS, knee
from repatlas.units.live_units import LiveUnits, live_units
from repatlas.units.long_form import stacked
from repatlas.units.map_table import map_columns
from repatlas.units.pairs import ordered_pairs
from repatlas.units.results import SparseMaps
from repatlas.units.sparse_maps import ScoredMaps, scored_maps

ALPHAS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.06, 0.1, 0.15, 0.25, 0.4, 0.6, 1.0)
"""Strengths for a unit: 0, and from the paper's weakest decay (1e-5 for 96 units) to 1, from where
on no unit has a weight; closest where the paper's finer grid lies (0.15 to 0.6 for 96 units)."""


def map_units(
    units: str | os.PathLike[str],
    output: str | os.PathLike[str],
    alphas: Sequence[float] = ALPHAS,
) -> None:
    """Write the record of the sparse maps between all ordered pairs of networks.

    Parameters
    ----------
    units
        File of gathered units.
    output
        The record to write.
    alphas
        Strengths of the penalty for a unit; 0 stands for least squares.

    Raises
    ------
    InputError
        The file is absent, foreign, damaged, or about a single network; there is no strength, or
        one is negative or not finite.
    OSError
        No space, no permission; nothing is left behind.
    """
    started = time.perf_counter()
    with GatheredUnits(units) as gathered:
        record = find_maps(gathered, alphas)
    write_group_record(record, output)
    seconds = time.perf_counter() - started
    print(f"maps of single units: {len(record.unit)}, in {seconds:.1f} s", file=sys.stderr)


def find_maps(gathered: GatheredUnits, alphas: Sequence[float] = ALPHAS) -> SparseMaps:
    """Map every network onto every other in every layer; errors as `map_units`.

    The map shown is that of the first layer from the first network to the second, at the knee of
    its mean held-out error.
    """
    strengths, pairs = _falling(alphas), ordered_pairs(gathered)
    parts: list[dict[str, Any]] = []
    shown: dict[str, Any] = {}
    for number, layer in enumerate(gathered.layers):
        moments = gathered.moments(number)
        live = [live_units(moments, network) for network in range(len(layer.units))]
        for first, second in pairs:
            path: Iterable[ScoredMaps]
            path = scored_maps(moments, live[first], live[second], strengths)
            if not shown:
                path = list(path)
                shown = _shown(layer, live[first], live[second], path)
            for scored in path:
                columns = map_columns(live[first], live[second], layer.units[second], scored)
                parts.append({"layer": layer.title} | columns)
    return SparseMaps(gathered.networks, **(shown | stacked(parts)))


def _falling(alphas: Sequence[float]) -> list[float]:
    """Strengths, each once, the strongest first."""
    wrong = [alpha for alpha in alphas if not 0 <= alpha < np.inf]
    if wrong:
        raise InputError(f"strength {wrong[0]:g} of the penalty: give 0 or a positive number")
    if not len(alphas):
        raise InputError("no strength of the penalty: give one or more")
    return sorted({float(alpha) for alpha in alphas}, reverse=True)


def _shown(
    layer: UnitLayer, first: LiveUnits, second: LiveUnits, path: Sequence[ScoredMaps]
) -> dict[str, Any]:
    strengths = [scored.maps.alpha for scored in path]
    errors = [scored.heldout_errors.mean() if len(second.units) else GUESS for scored in path]
    alpha = knee(strengths, errors)
    weights = np.zeros((layer.units[first.network], layer.units[second.network]))
    found = path[strengths.index(alpha)].maps.weights
    weights[np.ix_(first.units, second.units)] = found
    return {
        "shown_layer": layer.title,
        "shown_first": first.network,
        "shown_second": second.network,
        "shown_alpha": alpha,
        "shown_weights": weights,
    }
