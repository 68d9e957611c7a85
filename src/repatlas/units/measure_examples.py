"""Measures how alike networks arrange examples in every layer whose units were gathered."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import combinations
from typing import Any

import numpy as np

from repatlas.errors import InputError
from repatlas.group_records import write_group_record
from repatlas.records import Subject
from repatlas.similarity.null import permutation_p_value
from repatlas.similarity.source import require_same_examples
from repatlas.store.reader import ActivationStore
from repatlas.units.example_measures import Scored, score_examples
from repatlas.units.gathered import GatheredUnits, UnitLayer
from repatlas.units.long_form import stacked
from repatlas.units.results import EXAMPLE_MEASURES, ExampleMeasures

PERMUTATIONS = 100
"""Permutations of the null: no p is below 1 %."""

LEAST_PERMUTATIONS = 2
"""Of fewer the null has no standard deviation."""


def measure_examples(
    stores: Sequence[str | os.PathLike[str]],
    units: str | os.PathLike[str],
    output: str | os.PathLike[str],
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> None:
    """Write the record of all measures on examples.

    Parameters
    ----------
    stores
        Activation stores of two networks or more, on the same examples.
    units
        File of gathered units of the same networks in the same order: its layers are measured.
    output
        The record to write.
    permutations
        Permutations of the examples of one network, for the null.
    seed
        Of the permutations.

    Raises
    ------
    InputError
        A file is absent, foreign or damaged; stores of other networks, of other examples or without
        a layer; a single network; fewer than two permutations.
    OSError
        No space, no permission; nothing is left behind.
    """
    started = time.perf_counter()
    with ExitStack() as opened:
        sources = [opened.enter_context(ActivationStore(path)) for path in stores]
        gathered = opened.enter_context(GatheredUnits(units))
        _require_same_networks(sources, gathered)
        record = measure_stores(sources, gathered.layers, permutations, seed)
    write_group_record(record, output)
    seconds = time.perf_counter() - started
    print(
        f"networks: {len(sources)}, similarities: {len(record.value)}, permutations: "
        f"{permutations}, in {seconds:.1f} s",
        file=sys.stderr,
    )


def measure_stores(
    stores: Sequence[ActivationStore], layers: Sequence[UnitLayer], permutations: int, seed: int
) -> ExampleMeasures:
    """Measure every two networks; arguments and errors as for `measure_examples`."""
    if len(stores) < 2:
        raise InputError("measures on examples compare two networks or more: name another store")
    if permutations < LEAST_PERMUTATIONS:
        raise InputError(
            f"{permutations} permutations make no null: give {LEAST_PERMUTATIONS} or more"
        )
    require_same_examples(stores)
    rows = [[store.index(layer.name) for layer in layers] for store in stores]
    pairs = list(combinations(range(len(stores)), 2))
    found = score_examples(stores, rows, pairs, permutations, seed)
    first, second = np.array(pairs).T
    parts = [
        {"layer": layer.title, "first": first, "second": second, "measure": name} | columns
        for name in EXAMPLE_MEASURES
        for layer, columns in zip(layers, _columns(found[name]), strict=True)
    ]
    subjects = tuple(Subject.of(store) for store in stores)
    return ExampleMeasures(subjects, **stacked(parts), permutations=permutations)


def _columns(scored: Scored) -> Iterator[dict[str, Any]]:
    """For each layer, the values of its pairs with what the null makes of them."""
    # A layer that tells no examples apart has no value, and so no null.
    null = np.where(np.isnan(scored.values), np.nan, scored.null)
    for values, layer in zip(scored.values, np.moveaxis(null, 1, 0), strict=True):
        yield {
            "value": values,
            "null_mean": layer.mean(axis=0),
            "null_sd": layer.std(axis=0, ddof=1),
            "p": [permutation_p_value(*pair) for pair in zip(values, layer.T, strict=True)],
        }


def _require_same_networks(stores: Sequence[ActivationStore], gathered: GatheredUnits) -> None:
    """Refuse stores of other networks than those whose units were gathered, or in another order."""
    known = [(network.run, network.checkpoint) for network in gathered.networks]
    if [(store.run, store.checkpoint) for store in stores] != known:
        raise InputError(
            f"the stores are not those of the {len(known)} networks of {gathered.path}: name the "
            "stores of these networks, in the same order"
        )
