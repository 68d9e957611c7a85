"""Training images changed because of what they do in another network: a causal test."""

from dataclasses import replace
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from repatlas.data.dataset import Dataset, Split
from repatlas.data.examples import ExampleList
from repatlas.data.recolor import recolor
from repatlas.data.statistics import image_statistics
from repatlas.errors import InputError
from repatlas.training.spec import Change


def edited_dataset(dataset: Dataset, examples: ExampleList, change: Change) -> Dataset:
    """Remove or recolour training images; the test images stay.

    Parameters
    ----------
    examples
        Their ids.
    change
        ``remove``: they are left out, the others keep their order. ``recolor``: see
        `repatlas.data.recolor`.

    Raises
    ------
    InputError
        An id that is not in the training split; no image would be left.
    """
    chosen = _chosen(dataset.train, examples)
    match change:
        case "remove":
            train = _without(dataset.train, chosen)
        case "recolor":
            train = _recolored(dataset.train, chosen)
        case _:
            assert_never(change)
    return replace(dataset, train=train)


def _chosen(split: Split, examples: ExampleList) -> NDArray[np.bool_]:
    absent = sorted(set(examples.ids) - set(split.ids.tolist()))
    if absent:
        raise InputError(
            f"examples: {len(absent)} of {len(examples.ids)} ids, such as {absent[0]!r}, are not "
            "in the training images of this data set; choose them from a probe set of its "
            "training images (split: train)"
        )
    return np.isin(split.ids, examples.ids)


def _without(split: Split, chosen: NDArray[np.bool_]) -> Split:
    if chosen.all():
        raise InputError("examples: they are all of the training images; choose fewer")
    kept = ~chosen
    statistics = {name: values[kept] for name, values in split.statistics.items()}
    return Split(split.images[kept], split.labels[kept], split.ids[kept], statistics)


def _recolored(split: Split, chosen: NDArray[np.bool_]) -> Split:
    images = split.images.copy()
    images[chosen] = recolor(images[chosen])
    statistics = image_statistics(images) if split.statistics else {}
    return Split(images, split.labels, split.ids, statistics)
