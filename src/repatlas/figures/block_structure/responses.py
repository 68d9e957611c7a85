"""What a network answers to synthetic images, as its figures show it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.experiments.results import Synthetic
from repatlas.figures.inputs import Network, describe

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Responses:
    """Images of a record that are compared: the dominant image, its colour, colours by name.

    Attributes
    ----------
    rows
        (k,) of the record: the dominant image first, then the solid colour of its top-left pixel,
        then the colours by name.
    names
        (k,) what they are called.
    projections
        (k,) on the first component of the reference layer, that of the dominant image being 1.
    classes, probabilities
        (k,) predicted class and its probability.
    """

    rows: NDArray[np.intp]
    names: tuple[str, ...]
    projections: Floats
    classes: tuple[str, ...]
    probabilities: Floats


def of_kind(record: Synthetic, kind: str) -> NDArray[np.intp]:
    """Rows of the record that are of a kind, in its order."""
    return np.flatnonzero(np.array(record.kinds) == kind)


def responses(record: Synthetic, network: Network) -> Responses:
    """Answers to the dominant image and to solid colours.

    Raises
    ------
    InputError
        The record holds no dominant image or no solid colour of it.
    """
    dominant, solid = of_kind(record, "dominant"), of_kind(record, "solid")
    if not (dominant.size and solid.size):
        raise InputError(
            f"the synthetic images of {describe(network)} have no dominant image: its reference "
            "layer is constant; leave it out of --layout"
        )
    named = of_kind(record, "named")
    rows = np.concatenate([dominant[:1], solid[:1], named])
    column = reference_output(record, network)
    projections = record.projections[rows, column].astype(np.float64)
    probabilities = softmax(record.logits[rows].astype(np.float64))
    return Responses(
        rows=rows,
        names=("image", "its colour", *(record.labels[row] for row in named)),
        projections=projections / projections[0],
        classes=tuple(record.classes[best] for best in probabilities.argmax(axis=1)),
        probabilities=probabilities.max(axis=1),
    )


def reference_output(record: Synthetic, network: Network) -> int:
    """Place of the reference layer among the block outputs.

    Raises
    ------
    InputError
        It is none of them.
    """
    found = np.flatnonzero(np.flatnonzero(network.block_outputs) == record.reference)
    if not found.size:
        raise InputError(
            f"the reference layer {record.reference} of {describe(network)} is no block output, of "
            "which alone norms are kept: leave it out of --layout"
        )
    return int(found[0])


def softmax(logits: Floats) -> Floats:
    """Probabilities (n, c) of logits."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Floats = powers / powers.sum(axis=1, keepdims=True)
    return probabilities
