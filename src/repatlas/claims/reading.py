"""What claims need of the files of a study, and no more of them."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from repatlas.similarity.geometry import centered_gram
from repatlas.similarity.outputs import Rows, judged_layers
from repatlas.similarity.results import ComparedNetwork, Similarity
from repatlas.store.reader import ActivationStore

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Components:
    """First components of a network over the n probe images.

    Attributes
    ----------
    ids, labels
        (n,) ids and classes of the images.
    vectors
        (B, n) unit-norm left singular vectors.
    """

    ids: NDArray[np.str_]
    labels: NDArray[np.int64]
    vectors: NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Outputs:
    """What a network says of the n probe images.

    Attributes
    ----------
    labels
        (n,) classes of the images.
    logits
        (n, c) outputs of the network.
    """

    labels: NDArray[np.int64]
    logits: NDArray[np.floating]

    @property
    def correct(self) -> NDArray[np.bool_]:
        """(n,) whether the largest output is that of the image's class."""
        correct: NDArray[np.bool_] = self.logits.argmax(axis=1) == self.labels
        return correct

    @property
    def loss(self) -> Array:
        """(n,) cross-entropy in nats."""
        chances: Array = log_softmax(self.logits.astype(np.float64), axis=1)
        loss: Array = -chances[np.arange(len(self.labels)), self.labels]
        return loss


def read_within(
    path: Path, measures: Sequence[str]
) -> tuple[ComparedNetwork, Rows, dict[str, Array]]:
    """Read one network, its judged layers, and their similarities (B, B) with each other.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged, or lacks a measure.
    """
    file = Similarity(path)
    rows = judged_layers(file.networks[0].layers)
    corner = np.ix_(rows, rows)
    return file.networks[0], rows, {name: file.values(name)[corner] for name in measures}


@functools.lru_cache(maxsize=4)
def read_between(path: Path, measure: str) -> dict[tuple[str, str], Array]:
    """Read the similarity (B_i, B_j) of the judged layers of each pair of networks.

    Returns
    -------
    dict
        By the fingerprints of the two activation stores; each pair once.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged, or lacks the measure.
    """
    file = Similarity(path)
    rows = [judged_layers(network.layers) for network in file.networks]
    return {
        (file.networks[i].store, file.networks[j].store): file.values(measure, i, j)[
            np.ix_(rows[i], rows[j])
        ]
        for i, j in file.pairs
    }


def read_components(path: Path, layers: Sequence[str]) -> Components:
    """Read the first components of the named layers from an activation store.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged, or lacks one of the layers.
    """
    with ActivationStore(path) as store:
        rows = [store.index(name) for name in layers]
        return Components(store.ids, store.labels, store.components(rows)[:, 0])


def read_norms(path: Path, layers: Sequence[str]) -> NDArray[np.floating]:
    """Read the L2 norms (B, n) of the raw activations of the named layers; errors as above."""
    with ActivationStore(path) as store:
        norms: NDArray[np.floating] = store.activation_norms[[store.index(name) for name in layers]]
        return norms


def read_outputs(path: Path) -> Outputs:
    """Read the outputs of a network from an activation store; errors as above."""
    with ActivationStore(path) as store:
        return Outputs(store.labels, store.logits)


def read_cosines(path: Path, layer: str, batches: int) -> list[tuple[slice, Array]]:
    """Read the cosines between centred activations of examples, over the first probe batches.

    Returns
    -------
    list of (slice, Array)
        Rows of the probe set, and cosines (b, b) between them; NaN where an activation is the mean.

    Raises
    ------
    InputError
        As `read_components`.
    """
    with ActivationStore(path) as store:
        row = store.index(layer)
        squares = store.centered_square_batch[row].astype(np.float64)
        found = []
        for batch, (start, stop) in enumerate(store.batches[:batches]):
            gram = centered_gram(store.gram(batch)[row], squares[start:stop])
            found.append((slice(start, stop), _cosines(gram)))
        return found


def _cosines(centered: Array) -> Array:
    squares = np.diagonal(centered)
    norms = np.sqrt(np.where(squares > 0, squares, np.nan))
    cosines: Array = centered / np.outer(norms, norms)
    return cosines
