"""The networks that a claim is judged on: what was measured at their block outputs."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.evidence import (
    PROBES,
    RECORDS,
    NetworkFiles,
    ProbeKey,
    RecordKey,
)
from repatlas.claims.measurement import Seed
from repatlas.claims.reading import (
    Array,
    Components,
    Outputs,
    Rows,
    read_components,
    read_norms,
    read_outputs,
    read_within,
)
from repatlas.claims.regions import block
from repatlas.errors import InputError
from repatlas.records import Record, read_record
from repatlas.similarity.results import ComparedNetwork

CKA = "cka_minibatch"
"""The estimator of the papers: unbiased, over minibatches."""
WITHOUT_COMPONENT = "cka_without_component"
COSINE = "component_cosine"
"""Squared, as the second paper draws it."""

NAMES = ("data", "training", "network", "depth", "width", "seed", "order")
"""What tells the runs of a study apart."""

AnyRecord = TypeVar("AnyRecord", bound=Record)


class UnavailableError(Exception):
    """The study has nothing that could decide a claim; the message says what is missing."""


@dataclass(frozen=True, eq=False)
class Network:
    """One trained network on one probe set, at its B block outputs.

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
    def order(self) -> int:
        """Seed of its data order."""
        return int(self.compared.run["order"])

    @property
    def label(self) -> str:
        """Name for readers, such as RN-56 1x, seed 0."""
        told = "" if self.order == self.seed else f", order {self.order}"
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

    @property
    def names(self) -> list[str]:
        """(B,) names of its block outputs."""
        return [self.compared.layers[row].name for row in self.rows]

    @functools.cached_property
    def block(self) -> slice | None:
        """Its block, as a slice of its block outputs."""
        return block(self.maps[CKA])

    @functools.cached_property
    def components(self) -> Components:
        """First components of its block outputs; errors as `store`."""
        return read_components(self.store, self.names)

    @functools.cached_property
    def norms(self) -> NDArray[np.floating]:
        """(B, n) L2 norms of the raw activations at its block outputs; errors as `store`."""
        return read_norms(self.store, self.names)

    @functools.cached_property
    def outputs(self) -> Outputs:
        """What it says of each image; errors as `store`."""
        return read_outputs(self.store)

    @property
    def store(self) -> Path:
        """Its activation store.

        Raises
        ------
        UnavailableError
            The evidence names none.
        """
        if self.files.store is None:
            raise UnavailableError(f"this study has no activation store of {self.label}")
        return self.files.store

    def on(self, probe: ProbeKey) -> "Network":
        """Give the same network on a further probe set.

        Raises
        ------
        UnavailableError
            It was not looked at on that one.
        InputError
            A file that is absent, damaged or about another network.
        """
        files = self.files.probes.get(probe)
        if files is None:
            raise UnavailableError(f"this study has no {PROBES[probe]} for {self.cell}")
        if probe not in self._probed:
            found = read_network(
                self.cell, NetworkFiles(similarity=files.similarity, store=files.store)
            )
            self._require_own(found.compared.run, files.similarity)
            self._probed[probe] = found
        return self._probed[probe]

    def record(self, kind: type[AnyRecord], key: RecordKey) -> AnyRecord:
        """Read what an experiment found about it.

        Raises
        ------
        UnavailableError
            The experiment was not done with it.
        InputError
            A file that is absent, damaged or about another network.
        """
        path = self.files.records.get(key)
        if path is None:
            raise UnavailableError(f"this study has no {RECORDS[key]} of {self.cell}")
        record = read_record(kind, path)
        self._require_own(record.subject.run, path)
        return record

    @functools.cached_property
    def _probed(self) -> dict[str, "Network"]:
        return {}

    def _require_own(self, run: Mapping[str, object], path: Path) -> None:
        if any(run[name] != self.compared.run[name] for name in NAMES):
            raise InputError(
                f"{path} is not about {self.label}: name the file made of that network"
            )


def read_network(cell: str, files: NetworkFiles) -> Network:
    """Read a network of a cell from its similarity file.

    Raises
    ------
    InputError
        The file is absent, foreign or damaged.
    """
    compared, rows, maps = read_within(files.similarity, (CKA, WITHOUT_COMPONENT, COSINE))
    return Network(cell, compared, rows, maps, files)
