"""Activation stores of given features, written without a network."""

import json

import numpy as np

from repatlas.networks.layer_table import Layer
from repatlas.similarity.features import feature_grams
from repatlas.store.components import Components
from repatlas.store.probe import Probe
from repatlas.store.spec import ProbeSpec
from repatlas.store.writer import write_store

BATCH = 16
RUN = {"data": "photos", "network": "mlp", "depth": 3, "width": 1, "seed": 0, "order": 0}


def write_feature_store(path, features, ids=None, exact=False, raw=(), batch=BATCH, **changed):
    """Write the store of features (n, ...), one array a layer; returns what it is made of.

    ``raw`` names layers (layer0, layer1, ...) whose features are kept whole.
    """
    count = len(features[0])
    names = ids or [f"test/{row:03d}" for row in range(count)]
    grams = feature_grams(features, batch_size=batch, components=2, exact=exact, ids=names)
    layers = [
        Layer(f"layer{index}", "relu", 1, True, part.shape[1:], part[0].size)
        for index, part in enumerate(features)
    ]
    probe = Probe(
        spec=ProbeSpec(batch_size=batch, components=2, exact=exact, raw_layers=raw),
        data="photos",
        data_fingerprint="",
        classes=("a", "b"),
        images=np.zeros((count, 3, 1, 1), np.uint8),
        labels=np.zeros(count, np.int64),
        ids=np.array(names),
    )
    header = {
        "run": json.dumps(RUN | changed),
        "checkpoint": "final",
        "epoch": 4,
        "step": 40,
        "train_accuracy": 0.9,
        "test_accuracy": float("nan"),
    }
    with write_store(path, header, layers, probe) as writer:
        writer.attribute("method", "eigenvectors")
        writer.logits(0, np.zeros((count, 2), np.float32))
        for index, layer in enumerate(layers):
            writer.norms(
                layer.name,
                grams.activation_norms[index],
                grams.centered_square_batch[index],
                grams.centered_square_full[index],
            )
            writer.components(
                layer.name,
                Components(
                    grams.component_vectors[index],
                    grams.component_eigenvalues[index],
                    grams.component_share[index],
                ),
            )
            for batch in range(len(grams.batches)):
                writer.gram(layer.name, batch, grams.gram(batch)[index])
            if exact:
                writer.exact_gram(layer.name, grams.exact_gram()[index])
            if layer.name in raw:
                kept = features[index].reshape(count, -1).astype(np.float16)
                writer.raw(layer.name, 0, kept)
    return grams
