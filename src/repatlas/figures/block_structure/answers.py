"""How well a network classifies its dominant images, and the others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.figures.activations import Stores
from repatlas.figures.inputs import Network, Similarities, describe
from repatlas.figures.spec import Measure
from repatlas.similarity.dominant import ranked, reference_layer

MEASURES = ("accuracy", "cross_entropy")


@dataclass(frozen=True)
class Answers:
    """Means over dominant images and over all others.

    Attributes
    ----------
    layer
        Index of the reference layer.
    count
        Number of dominant images.
    accuracy, cross_entropy
        (dominant, others); cross-entropy in nats.
    """

    layer: int
    count: int
    accuracy: tuple[float, float]
    cross_entropy: tuple[float, float]


def answers(
    similarities: Similarities,
    stores: Stores,
    network: Network,
    measure: Measure,
    fraction: float,
) -> Answers:
    """Answers to the images that project furthest on the reference layer, and to the others.

    Parameters
    ----------
    fraction
        Part of the probe images that counts as dominant; one at least.

    Raises
    ------
    InputError
        The network has no store, or fewer than two probe images.
    """
    cka = similarities.values(measure, network, network)
    layer = reference_layer(network.shares, cka, network.block_outputs)
    _, (component,) = stores.first_components(network, [layer])
    labels, logits = stores.outputs(network)
    count = max(1, round(fraction * len(labels)))
    if count >= len(labels):
        raise InputError(f"the store of {describe(network)} leaves no image beside the dominant")
    dominant = np.zeros(len(labels), dtype=bool)
    dominant[ranked(component)[:count]] = True
    right = (logits.argmax(axis=1) == labels).astype(np.float64)
    losses = cross_entropies(logits.astype(np.float64), labels)
    return Answers(layer, count, _split(right, dominant), _split(losses, dominant))


def cross_entropies(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cross-entropy (n,) of each image in nats, from logits (n, c) and labels (n,)."""
    highest = logits.max(axis=1)
    total = np.log(np.exp(logits - highest[:, None]).sum(axis=1)) + highest
    losses: NDArray[np.float64] = total - logits[np.arange(len(labels)), labels]
    return losses


def _split(values: NDArray[np.float64], dominant: NDArray[np.bool_]) -> tuple[float, float]:
    return float(values[dominant].mean()), float(values[~dominant].mean())
