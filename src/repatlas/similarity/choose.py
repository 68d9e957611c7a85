"""Chooses images by what a network makes of them, and writes their list."""

import os
import sys

import numpy as np
from numpy.typing import NDArray

from repatlas.data.examples import Choice, ExampleList, write_examples
from repatlas.errors import InputError
from repatlas.similarity.dominant import choose_images, reference_layer
from repatlas.similarity.results import Similarity
from repatlas.store.reader import ActivationStore

MEASURE = "cka_minibatch"
"""The CKA by which the block is found."""


def choose_examples(
    store: str | os.PathLike[str],
    similarity: str | os.PathLike[str],
    images: Choice,
    fraction: float,
    output: str | os.PathLike[str],
) -> None:
    """Choose images of a probe set and write their list.

    Parameters
    ----------
    store
        Activation store of the network on the probe set: test images, or training images.
    similarity
        Similarity file of its layers with each other.
    images, fraction
        Which, and how many: see `repatlas.similarity.dominant.choose_images`.
    output
        The list to write.

    Raises
    ------
    InputError
        A file is absent or damaged, the two are not about the same store, no layer varies, or the
        fraction is impossible.
    OSError
        No space, no permission; nothing is left behind.
    """
    if not 0 < fraction < 1:
        raise InputError(f"fraction {fraction}: give a share of the images between 0 and 1")
    if images == "matched" and fraction >= 0.5:
        raise InputError(f"fraction {fraction}: matched images need a fraction below 0.5")
    with ActivationStore(store) as opened:
        layer = reference_of(opened, similarity)
        chosen = _choose(opened, layer, images, fraction)
        examples = ExampleList(
            layer=opened.layers[layer].name,
            probe=opened.probe.model_dump_json(),
            images=images,
            fraction=fraction,
            ids=tuple(opened.ids[chosen].tolist()),
            run=opened.run,
        )
        count = opened.n
    write_examples(examples, output)
    print(f"{len(chosen)} of {count} images, {images}, by {examples.layer}", file=sys.stderr)


def reference_of(store: ActivationStore, similarity: str | os.PathLike[str]) -> int:
    """Index of the reference layer of a network; see `repatlas.similarity.dominant`.

    Parameters
    ----------
    store
        Its activation store.
    similarity
        Similarity file of its layers with each other.

    Raises
    ------
    InputError
        The file is absent, damaged or about another store, or no layer varies.
    """
    file = Similarity(similarity)
    prints = [network.store for network in file.networks]
    if store.fingerprint not in prints:
        raise InputError(
            f"{similarity} is not about {store.name}: compare the layers of that store first"
        )
    place = prints.index(store.fingerprint)
    cka = file.values(MEASURE, place, place)
    try:
        return reference_layer(
            store.component_share[:, 0], cka, [layer.block_output for layer in store.layers]
        )
    except ValueError:
        raise InputError(
            f"{store.name}: no block output varies over the probe set, so no image is dominant"
        ) from None


def _choose(
    store: ActivationStore, layer: int, images: Choice, fraction: float
) -> NDArray[np.intp]:
    component = store.components([layer])[0, 0]
    norms = store.activation_norms[layer]
    return choose_images(images, fraction, component, norms, store.ids.tolist())
