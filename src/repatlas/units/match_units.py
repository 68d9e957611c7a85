"""Matches every unit of every network with one of each other network, from gathered units."""

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repatlas.group_records import write_group_record
from repatlas.units.gathered import GatheredUnits, JointCounts
from repatlas.units.information import mutual_information
from repatlas.units.long_form import stacked
from repatlas.units.matching import matched_scores, maximum_matching, semi_matching
from repatlas.units.moments import PARTS, Floats, UnitMoments
from repatlas.units.pairs import ordered_pairs
from repatlas.units.results import Matching

METHODS = {"greedy": semi_matching, "matched": maximum_matching}
"""Ways to match, by the names that their columns have."""


def match_units(units: str | os.PathLike[str], output: str | os.PathLike[str]) -> None:
    """Write the record of all matches.

    Parameters
    ----------
    units
        File of gathered units of two networks or more.
    output
        The record to write.

    Raises
    ------
    InputError
        The file is absent, foreign, damaged, or about a single network.
    OSError
        No space, no permission; nothing is left behind.
    """
    started = time.perf_counter()
    with GatheredUnits(units) as gathered:
        record = match_gathered(gathered)
        layers = len(gathered.layers)
    write_group_record(record, output)
    seconds = time.perf_counter() - started
    print(
        f"networks: {len(record.subjects)}, layers: {layers}, matches: {len(record.unit)}, "
        f"in {seconds:.1f} s",
        file=sys.stderr,
    )


def match_gathered(gathered: GatheredUnits) -> Matching:
    """Match the units of every layer, of every two networks in either direction.

    Raises
    ------
    InputError
        The file is about a single network.
    """
    pairs, parts = ordered_pairs(gathered), []
    for number, layer in enumerate(gathered.layers):
        moments, joint = gathered.moments(number), gathered.joint_counts(number)
        for pair in pairs:
            found = (*_by_correlation(moments, pair), *_by_information(moments, joint, pair))
            parts += [{"layer": layer.title} | columns for columns in found]
    return Matching(gathered.networks, **stacked(parts))


def _by_correlation(moments: UnitMoments, pair: tuple[int, int]) -> Iterator[dict[str, Any]]:
    """Matches over all images, with their null, and over either half, scored on the other."""
    shuffled = moments.shuffled_correlation(*pair)
    yield _columns(moments, pair, moments.correlation(*pair), shuffled=shuffled)
    for fold, other in zip(PARTS, reversed(PARTS), strict=True):
        found, heldout = (moments.correlation(*pair, part) for part in (fold, other))
        yield _columns(moments, pair, found, heldout=heldout) | {"fold": fold}


def _by_information(
    moments: UnitMoments, joint: JointCounts | None, pair: tuple[int, int]
) -> Iterator[dict[str, Any]]:
    if joint is None:
        return
    first, second = (moments.of(network) for network in pair)
    scores = mutual_information(joint.joint[first, :, second])
    # Dead by the moments: of such a unit, the bins may tell apart what is rounding.
    scores[moments.dead[first]] = 0
    scores[:, moments.dead[second]] = 0
    yield _columns(moments, pair, scores) | {"criterion": "information"}


def _columns(
    moments: UnitMoments,
    pair: tuple[int, int],
    scores: Floats,
    heldout: Floats | None = None,
    shuffled: Floats | None = None,
) -> dict[str, Any]:
    """Rows of the units of the first network of a pair, matched by a table of scores."""
    matches = {name: match(scores) for name, match in METHODS.items()}
    found = {f"{name}_value": matched_scores(scores, match) for name, match in matches.items()}
    for name, match in METHODS.items():
        found[f"{name}_heldout"] = (
            _absent(scores) if heldout is None else matched_scores(heldout, matches[name])
        )
        found[f"{name}_shuffled"] = (
            _absent(scores) if shuffled is None else matched_scores(shuffled, match(shuffled))
        )
    return {
        "criterion": "correlation",
        "fold": "all",
        "first": pair[0],
        "second": pair[1],
        "unit": np.arange(len(scores)),
        "dead": moments.dead[moments.of(pair[0])],
        **matches,
        **found,
    }


def _absent(scores: Floats) -> NDArray[np.float64]:
    return np.full(len(scores), np.nan)
