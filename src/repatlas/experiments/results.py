"""What the experiments find, as records; read without torch.

L layers, B block outputs, n probe images, c classes throughout.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from repatlas.records import Record

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Trajectory(Record):
    """A network over its training, seen through one probe batch (paper A, Fig 8, F.1 to F.7).

    Attributes
    ----------
    checkpoints
        (T,) names in the order of training; the last is ``final``.
    epochs, steps
        (T,) when they were taken.
    ids
        (n,) of the probe images.
    share
        (T, L) share of variance of the first component; NaN for a constant layer.
    components
        (T, B, n) first components at the block outputs: unit norm; NaN for a constant layer.
    norms
        (T, B, n) L2 norms of the raw activations at the block outputs.
    compared
        (E,) which of the T checkpoints have heat maps: those after whole epochs, and the last.
    cka_within
        (E, L, L) CKA of the layers of a checkpoint.
    cka_final
        (E, L, L) CKA of the layers of a checkpoint (rows) with those of the final network.
    """

    FORMAT: ClassVar[str] = "repatlas.trajectory"

    checkpoints: tuple[str, ...]
    epochs: Integers
    steps: Integers
    ids: NDArray[np.str_]
    share: Floats
    components: Floats
    norms: Floats
    compared: Integers
    cka_within: Floats
    cka_final: Floats


@dataclass(frozen=True, eq=False)
class Synthetic(Record):
    """Responses to images of one colour, beside the real images they come from (paper A, Fig 6).

    Attributes
    ----------
    kinds
        (S,) of each image: ``dominant`` (a real image), ``solid`` (the colour of its top-left
        pixel all over), ``named`` (a solid colour by name), ``sweep`` (a solid colour of a regular
        grid over RGB).
    labels
        (S,) id of the real image behind ``dominant`` and ``solid``; name of the colour else.
    images
        (S, 3, h, w) uint8.
    colors
        (S, 3) in [0, 1]; NaN for real images.
    norms
        (S, B) L2 norms of the raw activations.
    projections
        (S, B) coordinates on the first component of the probe images, on the scale of its unit
        vector over the n probe images; NaN for a constant layer.
    logits
        (S, c) outputs of the network.
    classes
        (c,) names.
    reference
        Index of the layer (among all layers) whose dominant images these are.
    median_norms
        (B,) median norm of the probe images.
    """

    FORMAT: ClassVar[str] = "repatlas.synthetic"

    kinds: tuple[str, ...]
    labels: tuple[str, ...]
    images: NDArray[np.uint8]
    colors: Floats
    norms: Floats
    projections: Floats
    logits: Floats
    classes: tuple[str, ...]
    reference: int
    median_norms: Floats


@dataclass(frozen=True, eq=False)
class Ablation(Record):
    """Accuracy with a direction of a layer projected out at inference.

    The output of one block output at a time loses its part along a direction of feature space:
    ``x - v v' (x - mean)``, with mean and components over the probe images.

    Attributes
    ----------
    layers
        (A,) indices of the layers at which it was done: all block outputs.
    accuracy, loss
        (A, 3) mean over the probe images without the first component, without the second, and
        without a random direction.
    block_accuracy, block_loss
        Without the first component at every block output of the block at once; NaN where the
        network has no block.
    whole_accuracy, whole_loss
        With nothing taken out.
    """

    FORMAT: ClassVar[str] = "repatlas.ablation"

    layers: Integers
    accuracy: Floats
    loss: Floats
    block_accuracy: float
    block_loss: float
    whole_accuracy: float
    whole_loss: float


@dataclass(frozen=True, eq=False)
class Deletion(Record):
    """Accuracy after residual blocks are deleted from the end of one stage (paper B, Fig 5).

    Attributes
    ----------
    stages
        (D,) stage from which blocks were deleted, from 1.
    deleted
        (D,) how many, from 0; the first block of a stage, which projects to its shape, stays.
    layers
        (D,) index of the layer after which the stage ends: the output of its last block left.
    accuracy, loss
        (D,) mean over the probe images; skip connections stay.
    """

    FORMAT: ClassVar[str] = "repatlas.deletion"

    stages: Integers
    deleted: Integers
    layers: Integers
    accuracy: Floats
    loss: Floats


@dataclass(frozen=True, eq=False)
class LinearProbes(Record):
    """Accuracy of linear classifiers on the activations of single layers (paper B, Fig 4).

    Attributes
    ----------
    layers
        (P,) indices of the layers.
    after_addition
        (P,) True for block outputs, False for the rectifiers inside residual blocks.
    train, test
        (P,) accuracy on the training images that were used, and on the test images of the probe.
    """

    FORMAT: ClassVar[str] = "repatlas.linear_probes"

    layers: Integers
    after_addition: NDArray[np.bool_]
    train: Floats
    test: Floats
