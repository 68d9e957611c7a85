"""Scores every map between the units of every two networks, from gathered units."""

import os
import sys
import time
from typing import Any

import numpy as np

from repatlas.group_records import write_group_record
from repatlas.units.alignments import alignment_scores
from repatlas.units.gathered import GatheredUnits
from repatlas.units.long_form import stacked
from repatlas.units.moments import PARTS
from repatlas.units.pairs import ordered_pairs
from repatlas.units.results import ALIGNMENTS, VARIANTS, Alignments
from repatlas.units.variants import LayerVariants

LEAST_UNITS = 2
"""Units that must vary over either half of the images, or a network has no score: it is NaN."""


def align_units(
    units: str | os.PathLike[str], output: str | os.PathLike[str], seed: int = 0
) -> None:
    """Write the record of all alignments.

    Parameters
    ----------
    units
        File of gathered units of two networks or more, of any numbers of units.
    output
        The record to write.
    seed
        Of the random rotations.

    Raises
    ------
    InputError
        The file is absent, foreign, damaged, or about a single network.
    OSError
        No space, no permission; nothing is left behind.
    """
    started = time.perf_counter()
    with GatheredUnits(units) as gathered:
        record = align_gathered(gathered, seed)
    write_group_record(record, output)
    seconds = time.perf_counter() - started
    print(
        f"networks: {len(record.subjects)}, scores: {len(record.value)}, in {seconds:.1f} s",
        file=sys.stderr,
    )


def align_gathered(gathered: GatheredUnits, seed: int) -> Alignments:
    """Score all maps of every layer, of every two networks in either direction.

    Raises
    ------
    InputError
        The file is about a single network.
    """
    pairs = ordered_pairs(gathered)
    parts: list[dict[str, Any]] = []
    for number, layer in enumerate(gathered.layers):
        generator = np.random.default_rng([seed, number])
        variants = LayerVariants(gathered.moments(number), generator)
        for first, second in pairs:
            for variant in VARIANTS:
                scores = _scores(variants, variant, first, second)
                parts.append(
                    {
                        "layer": layer.title,
                        "first": first,
                        "second": second,
                        "measure": list(ALIGNMENTS),
                        "variant": variant,
                        "value": [scores[measure] for measure in ALIGNMENTS],
                    }
                )
    return Alignments(gathered.networks, **stacked(parts))


def _scores(variants: LayerVariants, variant: str, first: int, second: int) -> dict[str, float]:
    if min(variants.varying[first], variants.varying[second]) < LEAST_UNITS:
        return dict.fromkeys(ALIGNMENTS, float("nan"))
    one, other = (variants.pair(variant, first, second, part) for part in PARTS)
    return alignment_scores((one, other), variants.pair(variant, first, second, "all"))
