"""The networks of a figure, and how alike their layers are, from similarity files."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from repatlas.errors import InputError
from repatlas.figures.options import Input
from repatlas.figures.probes import probe_text
from repatlas.figures.spec import Cell
from repatlas.similarity.results import ComparedNetwork, Similarity
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import RunSpec, parse_run

COSINE = "component_cosine"
WITHOUT_COMPONENT = "cka_without_component"

Identity = tuple[str, str, str]
Map = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Network:
    """One network of a figure; L layers.

    Attributes
    ----------
    run, checkpoint
        What was trained, and when during training it was looked at.
    train_accuracy, test_accuracy
        Of this checkpoint, 0 to 1; NaN where unknown.
    kinds, stages, block_outputs
        (L,) each, from input to output.
    shares
        (L,) share of variance of the first component of each layer; NaN for a constant layer.
    probe
        The probe set that it was shown, as parsed JSON.
    sample_hash
        Hash of the samples of the probe set.
    """

    run: RunSpec
    checkpoint: str
    train_accuracy: float
    test_accuracy: float
    kinds: NDArray[np.str_]
    stages: NDArray[np.int64]
    block_outputs: NDArray[np.bool_]
    shares: NDArray[np.float64]
    probe: dict[str, object]
    sample_hash: str

    @property
    def identity(self) -> Identity:
        """What tells it from every other network, and from itself on another probe set."""
        return identity_of(self.run, self.checkpoint, self.probe_spec)

    @property
    def probe_spec(self) -> ProbeSpec:
        """The probe set with all its settings."""
        return ProbeSpec.model_validate(self.probe)

    @property
    def size(self) -> int:
        """Number of layers."""
        return len(self.kinds)

    def is_named_by(self, cell: Cell) -> bool:
        """Whether every value that the cell gives is this network's."""
        return is_named(cell, self.run, self.checkpoint, self.probe_spec)


@dataclass(frozen=True)
class Similarities:
    """All networks and comparisons of some similarity files; heat maps are read when asked for.

    Attributes
    ----------
    networks
        By identity, in the order of the files.
    comparisons
        File and indices by the identities of the networks on the vertical and the horizontal axis.
    """

    networks: dict[Identity, Network] = field(default_factory=dict)
    comparisons: dict[tuple[Identity, Identity], tuple[Similarity, int, int]] = field(
        default_factory=dict
    )

    @classmethod
    def open(cls, paths: Iterable[str | os.PathLike[str]]) -> "Similarities":
        """Read what networks the files hold; no heat map is read yet.

        Raises
        ------
        InputError
            A file is absent, damaged or of another kind, or two files saw different samples of
            the same network.
        """
        found = cls()
        for path in paths:
            found._add(os.fspath(path), Similarity(path))
        return found

    def _add(self, path: str, file: Similarity) -> None:
        identities = []
        for compared in file.networks:
            network = _network(compared, file)
            known = self.networks.setdefault(network.identity, network)
            if known.sample_hash != network.sample_hash:
                raise InputError(
                    f"{path} and a file before it saw different samples of {describe(network)}: "
                    "give files of one probe"
                )
            identities.append(known.identity)
        for i, j in file.pairs:
            self.comparisons.setdefault((identities[i], identities[j]), (file, i, j))
            self.comparisons.setdefault((identities[j], identities[i]), (file, j, i))

    def find(self, cell: Cell) -> Network:
        """The one network that a cell names.

        Raises
        ------
        InputError
            No network fits, or more than one.
        """
        fitting = [item for item in self.networks.values() if item.is_named_by(cell)]
        if len(fitting) == 1:
            return fitting[0]
        held = "; ".join(describe(item) for item in fitting or self.networks.values())
        if fitting:
            raise InputError(
                f"--layout: {cell.told()} fits {len(fitting)} networks; say which: {held}"
            )
        raise InputError(
            f"--layout: {cell.told()} is in none of the --similarity files; they hold: {held}"
        )

    def find_all(self, cells: Sequence[Cell]) -> list[Network]:
        """The network of each cell; errors as `find`."""
        return [self.find(cell) for cell in cells]

    def values(self, measure: str, y: Network, x: Network) -> Map:
        """Similarity of every layer of ``y`` (rows) with every layer of ``x`` (columns).

        Raises
        ------
        InputError
            No file compares the two networks, or none by this measure.
        """
        place = self.comparisons.get((y.identity, x.identity))
        if place is None:
            raise InputError(
                f"none of the --similarity files compares {describe(y)} with {describe(x)}: "
                "give the file that does"
            )
        file, i, j = place
        return file.values(measure, i, j)


def _network(compared: ComparedNetwork, file: Similarity) -> Network:
    layers = compared.layers
    return Network(
        run=parse_run(json.dumps(compared.run)),
        checkpoint=compared.checkpoint,
        train_accuracy=compared.train_accuracy,
        test_accuracy=compared.test_accuracy,
        kinds=np.array([layer.kind for layer in layers]),
        stages=np.array([layer.stage for layer in layers]),
        block_outputs=np.array([layer.block_output for layer in layers]),
        shares=compared.share[:, 0],
        probe=file.probe,
        sample_hash=file.sample_hash,
    )


def identity_of(run: RunSpec, checkpoint: str, probe: ProbeSpec) -> Identity:
    """What tells the network of a run and a checkpoint on a probe set from every other."""
    return run.model_dump_json(by_alias=True), checkpoint, probe.model_dump_json()


def is_named(cell: Cell, run: RunSpec, checkpoint: str, probe: ProbeSpec) -> bool:
    """Whether every value that a cell gives is that of a network on a probe set."""
    if cell.probe is not None and cell.probe != probe:
        return False
    given = cell.given()
    return given.pop("checkpoint", checkpoint) == checkpoint and all(
        getattr(run, key) == value for key, value in given.items()
    )


def describe(network: Network) -> str:
    """A network in words that name it fully, for messages."""
    probe = probe_text(network.probe_spec)
    return f"{network.run.title}, checkpoint {network.checkpoint}, on {probe}"


SIMILARITY = Input("similarity", "similarity files", Similarities.open)
