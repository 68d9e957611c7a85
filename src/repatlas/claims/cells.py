"""What a study has to say: its cells by role, without the networks that did not fit."""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from repatlas.claims.evidence import MEANING, CellFiles, EvidenceFiles, Role
from repatlas.claims.fit import fit_note, fits
from repatlas.claims.networks import Network, UnavailableError, read_network
from repatlas.claims.noise import NoiseEvidence
from repatlas.claims.reading import Array, read_between
from repatlas.claims.spec import ClaimsSpec
from repatlas.claims.units import Units
from repatlas.claims.universality import UniversalityEvidence
from repatlas.errors import InputError


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

    def pairs(self) -> Iterator[tuple[Network, Network]]:
        """Pairs of networks, each once."""
        for i, first in enumerate(self.networks):
            for second in self.networks[i + 1 :]:
                yield first, second

    def pairs_of_seeds(self) -> Iterator[tuple[Network, Network]]:
        """Pairs of networks of different seeds."""
        return ((first, second) for first, second in self.pairs() if first.seed != second.seed)

    def across(
        self, measure: str, pairs: Iterable[tuple[Network, Network]] | None = None
    ) -> Iterator[tuple[Network, Network, Array]]:
        """Pairs of networks, with the similarity (B_i, B_j) of their layers.

        Parameters
        ----------
        measure
            A measure of a similarity file.
        pairs
            Networks of this cell; those of different seeds if None.

        Raises
        ------
        UnavailableError
            The study compares no seeds of this cell.
        InputError
            The file compares other networks.
        """
        if self.files.between is None:
            raise UnavailableError(f"this study does not compare seeds of {self.label}")
        known = read_between(self.files.between, measure)
        for first, second in self.pairs_of_seeds() if pairs is None else pairs:
            key = first.compared.store, second.compared.store
            if key in known:
                yield first, second, known[key]
            elif key[::-1] in known:
                yield first, second, known[key[::-1]].T
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
        self.noise = NoiseEvidence(files.noise)
        self.universality = UniversalityEvidence(files.universality)
        self._cells: dict[str, Cell] = {}

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
        # Labels tell the cells of a study apart.
        if files.label not in self._cells:
            self._cells[files.label] = _read_cell(files, self.spec.fit_accuracy)
        return self._cells[files.label]

    @functools.cached_property
    def units(self) -> Units:
        """What was found between the units of several networks.

        Raises
        ------
        UnavailableError
            The study relates no units.
        """
        if self.files.units is None:
            raise UnavailableError("this study relates no units of several networks")
        return Units(self.files.units, self.spec.fit_accuracy)


def _read_cell(files: CellFiles, fit_accuracy: float) -> Cell:
    networks = [read_network(files.label, network) for network in files.networks]
    fitted = [fits(item.compared.train_accuracy, fit_accuracy) for item in networks]
    return Cell(
        files,
        tuple(item for item, fit in zip(networks, fitted, strict=True) if fit),
        tuple(
            fit_note(item.label, item.compared.train_accuracy)
            for item, fit in zip(networks, fitted, strict=True)
            if not fit
        ),
    )
