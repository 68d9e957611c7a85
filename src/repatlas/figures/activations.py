"""First components of networks over the probe images, from activation stores."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.figures.inputs import Identity, Network, describe, identity_of
from repatlas.store.reader import ActivationStore
from repatlas.training.spec import parse_run


@dataclass(frozen=True)
class Stores:
    """Activation stores by the network that they are about.

    Attributes
    ----------
    paths
        By identity of the network.
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
                found[identity_of(run, store.checkpoint)] = os.fspath(path)
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
        path = self.paths.get(network.identity)
        if path is None:
            raise InputError(f"none of the --stores is about {describe(network)}: give its store")
        with ActivationStore(path) as store:
            vectors = store.component_vectors
            return store.ids, [vectors[layer, 0] for layer in layers]
