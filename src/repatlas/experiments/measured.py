"""What was measured of a network on its probe set, from its store and its similarity file."""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.experiments.network import ProbedNetwork
from repatlas.similarity.block import find_block
from repatlas.similarity.choose import MEASURE, reference_of
from repatlas.similarity.results import Similarity
from repatlas.store.reader import ActivationStore

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Measured:
    """Components and norms at the B block outputs of a network, and its block.

    Attributes
    ----------
    vectors
        (B, k, n) first components: unit norm; NaN for a constant layer.
    eigenvalues
        (B, k) their squared singular values.
    norms
        (B, n) L2 norms of the raw activations.
    logits
        (n, c) outputs of the network.
    block
        Layer indices of the block outputs of the block; empty where there is none.
    reference
        Index, among all layers, of the layer that ranks the images.
    component
        (n,) its first component.
    """

    vectors: Float32
    eigenvalues: NDArray[np.float64]
    norms: Float32
    logits: Float32
    block: tuple[int, ...]
    reference: int
    component: Float32


def read_measured(
    network: ProbedNetwork,
    store: str | os.PathLike[str],
    similarity: str | os.PathLike[str],
    components: int,
) -> Measured:
    """Read what was measured of a network.

    Parameters
    ----------
    network
        The network.
    store
        Its activation store on the same probe set.
    similarity
        Similarity file of its layers with each other, made from that store.
    components
        How many components k.

    Raises
    ------
    InputError
        A file is absent, damaged or about something else, or holds fewer components.
    """
    outputs = network.block_outputs
    with ActivationStore(store) as opened:
        _require_same(network, opened)
        reference = reference_of(opened, similarity)
        return Measured(
            vectors=opened.components(outputs, components),
            eigenvalues=opened.component_eigenvalues[outputs, :components],
            norms=opened.activation_norms[outputs],
            logits=opened.logits,
            block=_block(opened, similarity),
            reference=reference,
            component=opened.components([reference])[0, 0],
        )


def _require_same(network: ProbedNetwork, store: ActivationStore) -> None:
    """Refuse a store that is not about this network on this probe set."""
    subject, probe = network.subject, network.probe
    agreement = {
        "run": store.run == subject.run,
        "checkpoint": store.checkpoint == subject.checkpoint,
        "moment of training": (store.epoch, store.step) == (network.epoch, network.step),
        "probe set": store.probe == probe.spec,
        "data": store.data_fingerprint == probe.data_fingerprint,
        "sample": store.sample_hash == probe.sample_hash,
        "table of layers": store.layers == subject.layers,
    }
    different = [name for name, same in agreement.items() if not same]
    if different:
        raise InputError(
            f"{store.name} is about another {different[0]} than the one given: extract the store "
            "of this run, checkpoint and probe set"
        )


def _block(store: ActivationStore, similarity: str | os.PathLike[str]) -> tuple[int, ...]:
    file = Similarity(similarity)
    place = [network.store for network in file.networks].index(store.fingerprint)
    block = find_block(
        store.component_share[:, 0],
        file.values(MEASURE, place, place),
        [layer.block_output for layer in store.layers],
    )
    return () if block is None else block.outputs
