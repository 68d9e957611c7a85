"""First components and norms of networks over the probe images, from activation stores."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.figures.inputs import Identity, Network, describe, identity_of
from repatlas.figures.options import Input
from repatlas.store.reader import ActivationStore
from repatlas.training.spec import parse_run


@dataclass(frozen=True)
class Stores:
    """Activation stores by the network and the probe set that they are about.

    Attributes
    ----------
    paths
        By identity of the network on its probe set.
    """

    paths: dict[Identity, str]

    @classmethod
    def open(cls, paths: Iterable[str | os.PathLike[str]]) -> "Stores":
        """Read what networks the stores are about; no component is read yet.

        Raises
        ------
        InputError
            A file is absent, damaged or of another kind.
        """
        found: dict[Identity, str] = {}
        for path in paths:
            with ActivationStore(path) as store:
                run = parse_run(json.dumps(store.run))
                found[identity_of(run, store.checkpoint, store.probe)] = os.fspath(path)
        return cls(found)

    def first_components(
        self, network: Network, layers: Iterable[int]
    ) -> tuple[NDArray[np.str_], list[NDArray[np.float32]]]:
        """Ids (n,) of the probe images, and the first component (n,) of each layer.

        A component has unit norm; it is NaN for a constant layer.

        Raises
        ------
        InputError
            No store is about the network.
        """
        with self._open(network) as store:
            vectors = store.component_vectors
            return store.ids, [vectors[layer, 0] for layer in layers]

    def norms(self, network: Network, layers: Iterable[int]) -> list[NDArray[np.float32]]:
        """L2 norms (n,) of the raw activations of the probe images at each layer.

        Raises
        ------
        InputError
            No store is about the network.
        """
        with self._open(network) as store:
            norms = store.activation_norms
            return [norms[layer] for layer in layers]

    def outputs(self, network: Network) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Labels (n,) of the probe images, and logits (n, c) of the network.

        Raises
        ------
        InputError
            No store is about the network, or its labels are of another data set.
        """
        with self._open(network) as store:
            if store.probe.data not in (None, network.run.data):
                raise InputError(
                    f"{store.name} has the labels of {store.probe.data}, on which the network was "
                    "not trained: give the store of a probe set of its own data"
                )
            return store.labels, store.logits

    def _open(self, network: Network) -> ActivationStore:
        path = self.paths.get(network.identity)
        if path is None:
            raise InputError(f"none of the --stores is about {describe(network)}: give its store")
        return ActivationStore(path)


STORES = Input("stores", "activation stores", Stores.open)
