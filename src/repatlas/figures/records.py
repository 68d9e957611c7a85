"""Records of a figure's networks: which networks they are about, and what they hold."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic

import numpy as np

from repatlas.errors import InputError
from repatlas.figures.inputs import Identity, Network, describe
from repatlas.figures.options import Input
from repatlas.figures.spec import Cell
from repatlas.records import AnyRecord, Subject, read_record, read_subject
from repatlas.training.spec import parse_run


@dataclass(frozen=True)
class Records(Generic[AnyRecord]):
    """Records of one kind by the network and the probe set that they are about.

    Attributes
    ----------
    kind
        Their class.
    paths
        By identity of the network on its probe set.
    networks
        By identity, in the order of the files.
    """

    kind: type[AnyRecord]
    paths: dict[Identity, str]
    networks: dict[Identity, Network]

    @classmethod
    def open(
        cls, paths: Iterable[str | os.PathLike[str]], kind: type[AnyRecord]
    ) -> "Records[AnyRecord]":
        """Read what networks the records are about; nothing else is read yet.

        Raises
        ------
        InputError
            A file is absent, damaged or of another kind, or two are about the same network.
        """
        found: dict[Identity, str] = {}
        networks: dict[Identity, Network] = {}
        for path in paths:
            network = network_of(read_subject(kind, path))
            known = found.setdefault(network.identity, os.fspath(path))
            if known != os.fspath(path):
                raise InputError(
                    f"{known} and {path} are both about {describe(network)}: give one of them"
                )
            networks[network.identity] = network
        return cls(kind, found, networks)

    @property
    def option(self) -> str:
        """The option that names such files, for messages."""
        return f"--{self.kind.FORMAT.rsplit('.', 1)[-1]}"

    def network(self, cell: Cell) -> Network:
        """The one network that a cell names; shares of components are NaN, records hold none.

        Raises
        ------
        InputError
            No record is about such a network, or more than one.
        """
        fitting = [item for item in self.networks.values() if item.is_named_by(cell)]
        if len(fitting) == 1:
            return fitting[0]
        held = "; ".join(describe(item) for item in fitting or self.networks.values())
        if fitting:
            raise InputError(
                f"--layout: {cell.told()} fits {len(fitting)} of the {self.option} files; "
                f"say which: {held}"
            )
        raise InputError(
            f"--layout: {cell.told()} is in none of the {self.option} files; they hold: {held}"
        )

    def find(self, cell: Cell) -> AnyRecord:
        """The one record about the network that a cell names; errors as `network`."""
        return read_record(self.kind, self.paths[self.network(cell).identity])


def network_of(subject: Subject) -> Network:
    """The network that a record is about, as figures know networks.

    Shares of components are NaN and the hash of the samples is empty: a record holds neither.
    """
    layers = subject.layers
    return Network(
        run=parse_run(json.dumps(subject.run)),
        checkpoint=subject.checkpoint,
        train_accuracy=subject.train_accuracy,
        test_accuracy=subject.test_accuracy,
        kinds=np.array([layer.kind for layer in layers]),
        stages=np.array([layer.stage for layer in layers]),
        block_outputs=np.array([layer.block_output for layer in layers]),
        shares=np.full(len(layers), np.nan),
        probe=subject.probe,
        sample_hash="",
    )


def records(option: str, kind: type[AnyRecord], help: str, *, required: bool = True) -> Input:
    """Give the option that names records of one kind."""
    return Input(option, help, lambda paths: Records.open(paths, kind), required)
