"""How much of the classes a linear classifier finds in single layers (paper B, Fig 4).

The paper trains its probes by SGD (momentum 0.9, rate 0.01, 300 epochs), a result that depends on
the scale of each layer; here they are the optimum of `repatlas.experiments.logistic`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from repatlas.data.dataset import Split, read_split
from repatlas.errors import InputError
from repatlas.experiments.logistic import LinearClassifier, fit_classifier
from repatlas.experiments.network import ProbedNetwork, require_own_images
from repatlas.experiments.results import LinearProbes
from repatlas.networks.layers import capture
from repatlas.store.layer_grams import require_finite, squared_norms
from repatlas.store.probe import choose
from repatlas.store.progress import Progress
from repatlas.store.record import device_of

TRAINING_IMAGES = 1000
"""At most so many, as equal in number over the classes as they can be."""


def linear_probes(network: ProbedNetwork) -> LinearProbes:
    """Fit a linear classifier to every block output and every rectifier inside a block.

    Parameters
    ----------
    network
        On test images of its own data; the training images are of the same file.

    Raises
    ------
    InputError
        Images of other data or of the training split, or activations that are not finite.
    """
    require_own_images(network)
    if network.probe.spec.split != "test":
        raise InputError(
            "probe, split: train: linear probes are fitted to training images and judged on "
            "others; give split: test"
        )
    chosen = probed_layers(network)
    train = _subset(read_split(network.inputs.data, "train"))
    classifiers, train_accuracy = _fit(network, chosen, train)
    test_accuracy = _judge(network, classifiers)
    return LinearProbes(
        subject=network.subject,
        layers=np.array(chosen, dtype=np.int64),
        after_addition=np.array([network.layers[index].block_output for index in chosen]),
        train=np.array([train_accuracy[index] for index in chosen]),
        test=np.array([test_accuracy[index] for index in chosen]),
    )


def probed_layers(network: ProbedNetwork) -> list[int]:
    """Indices of the block outputs and of the rectifiers inside blocks, in forward order."""
    outputs = set(network.block_outputs)
    blocks = [
        f"{name.removeprefix('body.')}."
        for name, module in network.model.named_modules()
        if getattr(module, "block_output", False) is True
    ]
    return [
        index
        for index, layer in enumerate(network.layers)
        if index in outputs
        or (layer.kind == "relu" and any(layer.name.startswith(block) for block in blocks))
    ]


def _subset(train: Split) -> Split:
    chosen = choose(train.labels, train.ids, min(TRAINING_IMAGES, len(train)))
    return Split(train.images[chosen], train.labels[chosen], train.ids[chosen])


def _fit(
    network: ProbedNetwork, chosen: Sequence[int], train: Split
) -> tuple[dict[int, LinearClassifier], dict[int, float]]:
    """Classifiers by layer, and their accuracy on the images they are fitted to.

    All training images pass at once and each layer is fitted while it is there, so that no two
    layers are held.
    """
    device, progress = device_of(network.model), Progress(len(chosen), "linear classifiers")
    labels = torch.from_numpy(train.labels).to(device)
    classifiers: dict[int, LinearClassifier] = {}
    accuracy: dict[int, float] = {}

    def fit(index: int, name: str, output: Tensor) -> None:
        if index not in chosen:
            return
        features = output.flatten(1).float()
        require_finite(squared_norms(features), name)
        classes = len(network.probe.classes)
        classifiers[index] = fit_classifier(features, train.labels, classes)
        accuracy[index] = classifiers[index].right(features, labels) / len(train)
        progress.tell(len(classifiers))

    with capture(network.model, fit):
        network.model(torch.from_numpy(train.images).to(device))
    return classifiers, accuracy


def _judge(network: ProbedNetwork, classifiers: Mapping[int, LinearClassifier]) -> dict[int, float]:
    """Accuracy of each classifier on the probe images."""
    right = dict.fromkeys(classifiers, 0)
    for _, images, labels in network.batches():

        def count(index: int, name: str, output: Tensor, labels: Tensor = labels) -> None:
            if index in classifiers:
                right[index] += classifiers[index].right(output.flatten(1).float(), labels)

        with capture(network.model, count):
            network.model(images)
    return {index: found / len(network.probe) for index, found in right.items()}
