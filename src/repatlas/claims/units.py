"""What a study found between the units of several networks, each file read once.

Maps, matches and clusters stand in the long form of `repatlas.units.results`; here they become
tables with a row for each pair of networks that fitted their training set.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from repatlas.claims.evidence import UNITS, UnitFiles, UnitKey
from repatlas.claims.fit import fit_note, fits
from repatlas.claims.measurement import Seed
from repatlas.claims.networks import NAMES, UnavailableError
from repatlas.group_records import GroupRecord, read_group_record
from repatlas.records import Subject
from repatlas.training.spec import RunSpec
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import Alignments, Matching

AnyGroupRecord = TypeVar("AnyGroupRecord", bound=GroupRecord)
Key = tuple[object, ...]


@dataclass(frozen=True)
class Member:
    """A network of a group.

    Attributes
    ----------
    place
        Its place in the files about the group.
    unit
        What the bootstrap draws.
    train_accuracy
        Of its final weights.
    """

    place: int
    unit: Seed
    train_accuracy: float

    @property
    def label(self) -> str:
        """Name for readers, such as convnet 5-2x, seed 0."""
        return f"{self.unit.cell}, seed {self.unit.seed}"


Pair = tuple[Member, Member]


@dataclass(frozen=True, eq=False)
class Activity:
    """Mean activations of the units of all networks of a group in one layer.

    Attributes
    ----------
    subjects
        The networks.
    title
        The layer.
    means
        (p,) for each network: means of its live units, falling.
    """

    subjects: tuple[Subject, ...]
    title: str
    means: tuple[NDArray[np.float64], ...]


class Units:
    """Files about units, without the networks that did not fit.

    Parameters
    ----------
    files
        The files.
    fit_accuracy
        Final train accuracy below which a network did not fit.
    """

    def __init__(self, files: UnitFiles, fit_accuracy: float) -> None:
        self.files = files
        self.fit_accuracy = fit_accuracy
        self._read: dict[Path, GroupRecord] = {}

    def record(self, kind: type[AnyGroupRecord], key: UnitKey) -> AnyGroupRecord:
        """Read what was found.

        Raises
        ------
        UnavailableError
            The study did not look for it.
        InputError
            A file that is absent, foreign or damaged.
        """
        return self._record(kind, self._path(key))

    def at(self, checkpoint: str) -> Alignments:
        """Read maps between seeds at a checkpoint of their training; errors as `record`."""
        path = self.files.over_training.get(checkpoint)
        if path is None:
            raise UnavailableError(f"this study has no maps between seeds at {checkpoint}")
        return self._record(Alignments, path)

    def shifted(self) -> list[Alignments]:
        """Read maps between seeds on shifted images, weakest shift first; errors as `record`."""
        if not self.files.shifts:
            raise UnavailableError("this study has no maps between seeds on shifted images")
        return [self._record(Alignments, path) for path in self.files.shifts.values()]

    @functools.cached_property
    def activity(self) -> tuple[Activity, ...]:
        """Mean activations, layer by layer; errors as `record`."""
        with GatheredUnits(self._path("gathered")) as gathered:
            return tuple(_activity(gathered, number) for number in range(len(gathered.layers)))

    def members(self, subjects: tuple[Subject, ...]) -> list[Member]:
        """All networks of a group."""
        return [
            Member(
                place,
                Seed(RunSpec.model_validate(subject.run).label, int(subject.run["seed"])),
                self._final_accuracy.get(_key(subject), subject.train_accuracy),
            )
            for place, subject in enumerate(subjects)
        ]

    def fitted(self, subjects: tuple[Subject, ...]) -> list[Member]:
        """Networks of a group that fitted, whatever the checkpoint at which it was looked at."""
        return [
            member
            for member in self.members(subjects)
            if fits(member.train_accuracy, self.fit_accuracy)
        ]

    def pairs(self, subjects: tuple[Subject, ...]) -> list[Pair]:
        """Pairs of networks of a group that fitted; of two cells, one from each."""
        fitted = self.fitted(subjects)
        cells = len({member.unit.cell for member in self.members(subjects)})
        return [
            (first, second)
            for i, first in enumerate(fitted)
            for second in fitted[i + 1 :]
            if cells == 1 or first.unit.cell != second.unit.cell
        ]

    def not_fitted(self, subjects: tuple[Subject, ...]) -> tuple[str, ...]:
        """Note the networks of a group that did not fit."""
        return tuple(
            fit_note(member.label, member.train_accuracy)
            for member in self.members(subjects)
            if not fits(member.train_accuracy, self.fit_accuracy)
        )

    @functools.cached_property
    def _final_accuracy(self) -> Mapping[Key, float]:
        """Train accuracy of the final networks, by what tells them apart."""
        subjects = self.record(Matching, "matching").subjects
        return {_key(subject): subject.train_accuracy for subject in subjects}

    def _path(self, key: UnitKey) -> Path:
        path = self.files.records.get(key)
        if path is None:
            raise UnavailableError(f"this study has no {UNITS[key]}")
        return path

    def _record(self, kind: type[AnyGroupRecord], path: Path) -> AnyGroupRecord:
        if path not in self._read:
            self._read[path] = read_group_record(kind, path)
        record = self._read[path]
        assert isinstance(record, kind)
        return record


def _key(subject: Subject) -> Key:
    return tuple(subject.run[name] for name in NAMES)


def _activity(gathered: GatheredUnits, layer: int) -> Activity:
    moments = gathered.moments(layer)
    means = (
        moments.means(network)[moments.alive(network)] for network in range(len(moments.units))
    )
    sorted_means = tuple(np.sort(values)[::-1] for values in means)
    return Activity(gathered.networks, gathered.layers[layer].title, sorted_means)
