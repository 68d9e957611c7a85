"""Measures the layers of one network by all measures, from its activation store."""

import os
import sys
import time

import numpy as np

from repatlas.records import Subject, write_record
from repatlas.similarity.geometry import batch_geometry
from repatlas.similarity.kernels import kernel_cka, pair_values
from repatlas.similarity.measures import MEASURES, Measures
from repatlas.similarity.neighbours import neighbour_count, neighbour_overlaps
from repatlas.similarity.outputs import Rows, judged_layers
from repatlas.similarity.rsa import distance_correlations
from repatlas.similarity.shape import procrustes_similarities
from repatlas.similarity.soft_matching import channel_means, soft_matching
from repatlas.similarity.source import FloatArray
from repatlas.store.reader import ActivationStore


def compare_measures(store: str | os.PathLike[str], output: str | os.PathLike[str]) -> None:
    """Write the record of all measures of a network.

    Parameters
    ----------
    store
        Its activation store.
    output
        The record to write.

    Raises
    ------
    InputError
        The store is absent, foreign or damaged.
    OSError
        No space, no permission; nothing is left behind.
    """
    started = time.perf_counter()
    with ActivationStore(store) as opened:
        found = measure_store(opened)
    write_record(found, output)
    seconds = time.perf_counter() - started
    print(
        f"layers: {len(found.outputs)}, measures: {len(found.names)}, in {seconds:.1f} s",
        file=sys.stderr,
    )


def measure_store(store: ActivationStore) -> Measures:
    """Measure the block outputs of a network against each other.

    CKA is taken over all batches, every other measure on the examples of the first. Soft matching
    needs the raw activations of all these layers; of a store that does not keep them, the record
    has none.
    """
    outputs = judged_layers(store.layers)
    first = batch_geometry(store, 0, outputs)
    distances = first.squared_distances()
    found = {f"cka_{kernel}": values for kernel, values in kernel_cka(store, outputs).items()}
    found["procrustes"] = procrustes_similarities(first.grams)
    found["mutual_neighbours"] = neighbour_overlaps(distances, neighbour_count(len(distances[0])))
    found["rsa_spearman"] = distance_correlations(pair_values(distances))
    if {store.layers[row].name for row in outputs} <= set(store.raw_names):
        found["soft_matching"] = soft_matching(_units(store, outputs))
    names = tuple(name for name in MEASURES if name in found)
    values = np.array([found[name] for name in names])
    return Measures(Subject.of(store), names, outputs.astype(np.int64), values)


def _units(store: ActivationStore, rows: Rows) -> list[FloatArray]:
    """Channels (m, channels) of each layer, on those of the first batch that are kept whole."""
    stop = store.batches[0][1]
    layers = [store.layers[row] for row in rows]
    return [channel_means(store.raw(layer.name)[:stop], layer.shape) for layer in layers]
