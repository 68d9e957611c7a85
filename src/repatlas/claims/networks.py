"""The networks that a claim is judged on: what was measured at their block outputs."""

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from repatlas.claims.evidence import MEANING, CellFiles, EvidenceFiles, NetworkFiles, Role
from repatlas.claims.measurement import Seed
from repatlas.claims.reading import (
    Array,
    Components,
    Rows,
    read_between,
    read_components,
    read_within,
)
from repatlas.claims.regions import block
from repatlas.claims.spec import ClaimsSpec
from repatlas.errors import InputError
from repatlas.similarity.results import ComparedNetwork

CKA = "cka_minibatch"
"""The estimator of the papers: unbiased, over minibatches."""
WITHOUT_COMPONENT = "cka_without_component"
COSINE = "component_cosine"
"""Squared, as the second paper draws it."""


class UnavailableError(Exception):
    """The study has nothing that could decide a claim; the message says what is missing."""


@dataclass(frozen=True, eq=False)
class Network:
    """One trained network, at its B block outputs.

    Attributes
    ----------
    cell
        Name for readers of all its seeds together, such as RN-56 1x.
    compared
        What the similarity file tells of it.
    rows
        (B,) indices of its block outputs among its layers.
    maps
        (B, B) by measure: similarity of its layers with each other.
    files
        Where it came from.
    """

    cell: str
    compared: ComparedNetwork
    rows: Rows
    maps: Mapping[str, Array]
    files: NetworkFiles

    @property
    def seed(self) -> int:
        """Seed of its initialisation."""
        return int(self.compared.run["seed"])

    @property
    def label(self) -> str:
        """Name for readers, such as RN-56 1x, seed 0."""
        order = int(self.compared.run["order"])
        told = "" if order == self.seed else f", order {order}"
        return f"{self.cell}, seed {self.seed}{told}"

    @property
    def unit(self) -> Seed:
        """What the bootstrap draws: networks of one seed are drawn together."""
        return Seed(self.cell, self.seed)

    @property
    def share(self) -> Array:
        """(B,) share of variance of the first component."""
        share: Array = self.compared.share[self.rows, 0]
        return share

    @functools.cached_property
    def block(self) -> slice | None:
        """Its block, as a slice of its block outputs."""
        return block(self.maps[CKA])

    @functools.cached_property
    def components(self) -> Components:
        """First components of its block outputs.

        Raises
        ------
        UnavailableError
            The evidence names no store.
        """
        if self.files.store is None:
            raise UnavailableError(f"this study has no activation store of {self.label}")
        names = [self.compared.layers[row].name for row in self.rows]
        return read_components(self.files.store, names)


@dataclass(frozen=True, eq=False)
class Cell:
    """All seeds of one network that fitted their training set, and notes on those that did not."""

    files: CellFiles
    networks: tuple[Network, ...]
    not_fitted: tuple[str, ...]

    @property
    def label(self) -> str:
        """Name for readers, such as RN-56 1x."""
        return self.files.label

    def pairs_of_seeds(self) -> Iterator[tuple[Network, Network]]:
        """Pairs of networks of different seeds."""
        for i, first in enumerate(self.networks):
            for second in self.networks[i + 1 :]:
                if first.seed != second.seed:
                    yield first, second

    def across(self, measure: str) -> Iterator[tuple[Network, Network, Array]]:
        """Pairs of networks of different seeds, with the similarity (B_i, B_j) of their layers.

        Raises
        ------
        UnavailableError
            The study compares no seeds of this cell.
        InputError
            The file compares other networks.
        """
        if self.files.between is None:
            raise UnavailableError(f"this study does not compare seeds of {self.label}")
        pairs = read_between(self.files.between, measure)
        for first, second in self.pairs_of_seeds():
            key = first.compared.store, second.compared.store
            if key in pairs:
                yield first, second, pairs[key]
            elif key[::-1] in pairs:
                yield first, second, pairs[key[::-1]].T
            else:
                raise InputError(
                    f"{self.files.between} does not compare {first.label} with {second.label}: "
                    "compare the stores of all networks of the cell"
                )


class Evidence:
    """What a study has to say: its cells by role, each read once.

    Parameters
    ----------
    files
        The files, by role.
    spec
        How claims are judged.
    """

    def __init__(self, files: EvidenceFiles, spec: ClaimsSpec) -> None:
        self.files = files
        self.spec = spec
        self._cells: dict[CellFiles, Cell] = {}

    def cell(self, role: Role) -> Cell:
        """Read the cell that plays a role, without the networks that did not fit.

        Raises
        ------
        UnavailableError
            Nothing plays the role in this study.
        InputError
            A file that is absent, foreign or damaged.
        """
        files = self.files.roles.get(role)
        if files is None:
            raise UnavailableError(f"this study has no {MEANING[role]}")
        if files not in self._cells:
            self._cells[files] = _read_cell(files, self.spec.fit_accuracy)
        return self._cells[files]


def _read_cell(files: CellFiles, fit_accuracy: float) -> Cell:
    networks = [_read_network(files.label, network) for network in files.networks]
    # Written so that an unknown accuracy, NaN, counts as not fitted.
    fitted = [item.compared.train_accuracy >= fit_accuracy for item in networks]
    return Cell(
        files,
        tuple(item for item, fits in zip(networks, fitted, strict=True) if fits),
        tuple(_fit_note(item) for item, fits in zip(networks, fitted, strict=True) if not fits),
    )


def _read_network(cell: str, files: NetworkFiles) -> Network:
    compared, rows, maps = read_within(files.similarity, (CKA, WITHOUT_COMPONENT, COSINE))
    return Network(cell, compared, rows, maps, files)


def _fit_note(network: Network) -> str:
    accuracy = network.compared.train_accuracy
    told = "unknown" if math.isnan(accuracy) else f"{accuracy:.1%}"
    return f"{network.label} (train accuracy {told})"
