"""Translates examples in one layer of a network, and measures how CKA answers."""

import hashlib
import os
import sys
import time

import numpy as np

from repatlas.errors import InputError
from repatlas.records import Subject, write_record
from repatlas.similarity.cka import centered_features
from repatlas.similarity.measures import Outliers
from repatlas.similarity.outliers import translated_cka, translation_limit
from repatlas.store.gram import MINIMUM_BATCH
from repatlas.store.reader import ActivationStore

FRACTIONS = (0.01, 0.1, 0.5)
"""Shares of the examples that are moved, besides one example alone."""

DISTANCES = np.geomspace(0.1, 1e4, 51)
"""Lengths of the translation over the root mean square norm of the centred activations."""


def translate_store(
    store: str | os.PathLike[str], output: str | os.PathLike[str], layer: str | None = None
) -> None:
    """Write the record of how CKA answers to a translation.

    Parameters
    ----------
    store
        The activation store of the network.
    output
        The record to write.
    layer
        As for `translate_examples`.

    Raises
    ------
    InputError
        The store is absent, foreign or damaged, or does not keep what is needed.
    OSError
        No space, no permission; nothing is left behind.
    """
    started = time.perf_counter()
    with ActivationStore(store) as opened:
        found = translate_examples(opened, layer)
    write_record(found, output)
    name = found.subject.layers[found.layer].name
    sizes = ", ".join(str(size) for size in found.moved)
    seconds = time.perf_counter() - started
    print(f"layer: {name}, examples moved: {sizes}, in {seconds:.1f} s", file=sys.stderr)


def translate_examples(store: ActivationStore, layer: str | None = None) -> Outliers:
    """Translate some examples of one layer, and measure its CKA with what it was.

    One example is moved, then 1 %, 10 % and half of them, each part within the next. The SHA-256
    of their ids chooses the examples, and with it the direction, which is isotropic.

    Parameters
    ----------
    store
        Keeps the raw activations of the layer, on all examples or the first of them.
    layer
        Its name. None: the last before the classifier of those whose raw activations are kept.

    Raises
    ------
    InputError
        The store keeps no raw activations of the layer, or those of fewer than four examples.
    """
    name = layer or _last_layer(store)
    row, features = store.index(name), store.raw(name).astype(np.float64)
    count = len(features)
    if count < MINIMUM_BATCH:
        raise InputError(
            f"{store.name} keeps the raw activations of {count} examples: extract it with a "
            f"raw_count of {MINIMUM_BATCH} or more"
        )
    parts = _nested_parts(store.ids[:count].tolist())
    generator = np.random.default_rng(int(store.sample_hash, 16))
    direction = generator.normal(size=features.shape[1])
    unit = np.linalg.norm(centered_features(features)) / np.sqrt(count)
    moved = np.array([part.sum() for part in parts], dtype=np.int64)
    return Outliers(
        subject=Subject.of(store),
        layer=row,
        kept=count - moved,
        moved=moved,
        distances=DISTANCES,
        cka=np.array(
            [translated_cka(features, part, direction, unit * DISTANCES) for part in parts]
        ),
        limit=np.array([translation_limit(features, part) for part in parts]),
    )


def _last_layer(store: ActivationStore) -> str:
    *before, last = store.layers
    kept = [layer.name for layer in before if layer.name in store.raw_names]
    if not kept:
        wanted = before[-1] if before else last
        raise InputError(
            f"{store.name} keeps no raw activations before the classifier: extract it with "
            f"`raw_layers: [{wanted.name}]`"
        )
    return kept[-1]


def _nested_parts(ids: list[str]) -> list[np.ndarray]:
    """Which examples (n,) are moved: one, then more and more by the hash of their ids."""
    lots = [hashlib.sha256(sample.encode()).hexdigest() for sample in ids]
    ranks = np.argsort(np.argsort(lots, kind="stable"))
    sizes = {1} | {max(1, round(fraction * len(ids))) for fraction in FRACTIONS}
    return [ranks < size for size in sorted(sizes)]
