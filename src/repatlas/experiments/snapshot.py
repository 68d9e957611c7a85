"""One network on one probe batch, with its Grams in memory and no store on disk."""

from contextlib import nullcontext

import numpy as np
import torch
from torch import Tensor, nn

from repatlas.networks.layers import capture
from repatlas.similarity.features import FeatureGrams
from repatlas.store.batch_statistics import batch_statistics
from repatlas.store.probe import Probe
from repatlas.store.record import device_of
from repatlas.store.whole import LayerRecord, record_layer


def take_snapshot(model: nn.Module, probe: Probe, name: str) -> FeatureGrams:
    """Run a network on a probe set of one batch and keep what similarity needs of its layers.

    Parameters
    ----------
    model
        In evaluation mode; batch normalisation is as the spec of the probe set says.
    probe
        One batch.
    name
        What messages call the network.

    Returns
    -------
    FeatureGrams
        Equal to the activation store of the same network on the same probe set, with one
        component a layer: Grams are L (n (n - 1) / 2) float32 numbers.

    Raises
    ------
    InputError
        Activations that are not finite.
    """
    records: list[LayerRecord] = []

    def keep(index: int, layer: str, output: Tensor) -> None:
        records.append(record_layer(output, f"{layer} ({name})", probe.batches, components=1))

    in_batches = probe.spec.batch_norm == "batch"
    with (
        capture(model, keep),
        batch_statistics(model, probe.batches) if in_batches else nullcontext(),
    ):
        model(torch.from_numpy(probe.images).to(device_of(model)))
    return FeatureGrams(
        name=name,
        sample_hash=probe.sample_hash,
        ids=probe.ids,
        batches=tuple(probe.batches),
        activation_norms=np.array([record.norms for record in records]),
        centered_square_batch=np.array([record.batches[0].centered_square for record in records]),
        centered_square_full=np.array([record.centered_square for record in records]),
        component_vectors=np.array([record.components.vectors for record in records]),
        component_eigenvalues=np.array([record.components.eigenvalues for record in records]),
        component_share=np.array([record.components.shares for record in records]),
        grams=(_stacked(records),),
        exact=None,
    )


def _stacked(records: list[LayerRecord]) -> np.ndarray:
    """Packed Grams (L, pairs), each taken out of its record as it is copied."""
    grams = np.empty((len(records), len(records[0].batches[0].packed)), dtype=np.float32)
    for row, record in enumerate(records):
        grams[row] = record.batches.pop().packed
    return grams
