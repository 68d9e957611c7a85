"""What measures other than linear CKA say of the layers of one network, as records."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from repatlas.records import Record

Floats = NDArray[np.floating]

MEASURES = {
    "cka_linear": "linear CKA",
    "cka_cosine": "CKA, cosine kernel",
    "cka_rbf_0.5": "CKA, RBF kernel, half the median distance",
    "cka_rbf_1.0": "CKA, RBF kernel, the median distance",
    "procrustes": "Procrustes similarity",
    "mutual_neighbours": "mutual k-nearest neighbours",
    "rsa_spearman": "RSA (Spearman)",
    "soft_matching": "soft matching of channels",
}
"""Measures by name in the file, with their names for readers."""


@dataclass(frozen=True, eq=False)
class Measures(Record):
    """Similarity of the block outputs of one network by several measures (paper A, App. J).

    CKA is the unbiased minibatch estimator over all batches of the probe set, with the bandwidth of
    RBF kernels in median distances of two examples of a batch. The other measures are taken on the
    examples of the first batch (256 in the paper's protocol), mutual neighbours with the 10 nearest
    or half of the batch if it has fewer than 20 examples, soft matching on channels averaged over
    positions. Of these, Procrustes similarity is biased upwards where features are many.

    Attributes
    ----------
    names
        (M,) keys of `MEASURES`; without soft matching where the store keeps no raw activations.
    outputs
        (B,) layer indices of the block outputs; of a network that marks none, of its ReLUs; where
        it has none, of all layers.
    values
        (M, B, B); 1 for identical layers; NaN where a layer has no value.
    """

    FORMAT: ClassVar[str] = "repatlas.measures"

    names: tuple[str, ...]
    outputs: NDArray[np.int64]
    values: Floats

    def of(self, name: str) -> Floats:
        """(B, B) similarity by one measure; ``KeyError`` if the record has none by that name."""
        if name not in self.names:
            raise KeyError(name)
        found: Floats = self.values[self.names.index(name)]
        return found


@dataclass(frozen=True, eq=False)
class Outliers(Record):
    """How CKA answers to a translation of a part of the examples (Davari et al. 2023, Theorem 1).

    Attributes
    ----------
    layer
        Index of the layer whose activations X were used.
    kept
        (R,) how many examples were left in place (the set S).
    moved
        (R,) how many examples were translated.
    distances
        (D,) length c of the translation, in units of the root mean square norm of centred X.
    cka
        (R, D) biased linear CKA of X with the translated X.
    limit
        (R,) what the theorem gives for c to infinity.
    """

    FORMAT: ClassVar[str] = "repatlas.outliers"

    layer: int
    kept: NDArray[np.int64]
    moved: NDArray[np.int64]
    distances: Floats
    cka: Floats
    limit: Floats
