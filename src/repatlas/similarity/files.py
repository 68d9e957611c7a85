"""Compares activation stores and writes the similarity file."""

import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Literal

from repatlas.errors import InputError
from repatlas.similarity.grid import compare
from repatlas.similarity.results import write_similarity
from repatlas.store.reader import ActivationStore


def compare_stores(
    stores: Sequence[str | os.PathLike[str]],
    pairs: Literal["within", "between"],
    output: str | os.PathLike[str],
) -> None:
    """Measure the similarity of the layers of networks, from their activation stores.

    Parameters
    ----------
    stores
        Files. Exactly one for ``"within"``, two or more for ``"between"``.
    pairs
        ``"within"``: the layers of one network with each other. ``"between"``: those of every two
        networks, which may be checkpoints of one run.
    output
        The similarity file to write.

    Raises
    ------
    InputError
        The wrong number of stores, one that is absent or damaged, or stores of different samples.
    OSError
        No space, no permission; nothing is left behind.
    """
    if pairs == "within" and len(stores) != 1:
        raise InputError(f"--pairs within takes one store, not {len(stores)}: name one")
    if pairs == "between" and len(stores) < 2:
        raise InputError("--pairs between takes two stores or more: name another")
    started = time.perf_counter()
    with ExitStack() as opened:
        sources = [opened.enter_context(ActivationStore(path)) for path in stores]
        found = compare(sources, [(0, 0)] if pairs == "within" else None)
        write_similarity(output, sources, found)
    seconds = time.perf_counter() - started
    print(
        f"networks: {len(stores)}, compared pairs: {len(found)}, in {seconds:.1f} s",
        file=sys.stderr,
    )
