"""The networks of a figure on units, and the two of them and the layers that it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from repatlas.errors import InputError
from repatlas.figures.inputs import Network, describe
from repatlas.figures.labels import titles
from repatlas.figures.layouts.units import UnitsLayout
from repatlas.figures.records import network_of
from repatlas.group_records import GroupRecord
from repatlas.records import Subject


@dataclass(frozen=True)
class Pair:
    """The two networks that a figure shows.

    Attributes
    ----------
    first, second
        Their places in the file.
    networks, names
        (2,) what they are and how they are called.
    """

    first: int
    second: int
    networks: tuple[Network, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Networks in the order of their file.

    Attributes
    ----------
    networks
        (S,) networks.
    names
        (S,) short and different names.
    label
        What all of them are; empty where their names say it.
    """

    networks: tuple[Network, ...]
    names: tuple[str, ...]
    label: str

    @classmethod
    def of(cls, subjects: Sequence[Subject]) -> Self:
        """Know the networks that a file is about; seeds name those of one kind."""
        networks = tuple(network_of(subject) for subject in subjects)
        labels = {network.run.label for network in networks}
        seeds = [network.run.seed for network in networks]
        if len(labels) == 1 and len(set(seeds)) == len(seeds):
            return cls(networks, tuple(f"seed {seed}" for seed in seeds), labels.pop())
        return cls(networks, tuple(titles(networks)), "")

    @classmethod
    def matched(cls, gathered: Sequence[Subject], record: Sequence[Subject]) -> Self:
        """Know the networks of gathered units, of which a record was made.

        Raises
        ------
        InputError
            The record is about other networks.
        """
        group, other = cls.of(gathered), cls.of(record)
        own, others = ([network.identity for network in one.networks] for one in (group, other))
        if own != others:
            raise InputError(
                f"--gathered is about {_told(group)}, but the record about {_told(other)}: give "
                "the record that was made of these units"
            )
        return group

    def pair(self, layout: UnitsLayout) -> Pair:
        """Find the two networks that a layout names.

        Raises
        ------
        InputError
            There are not so many networks, or the two are one.
        """
        places, count = (layout.first, layout.second), len(self.networks)
        if max(places) >= count:
            raise InputError(
                f"--layout: there is no network {max(places)}; the files have {count}, numbered "
                f"from 0: {', '.join(self.names)}"
            )
        if layout.first == layout.second:
            raise InputError(
                f"--layout: first and second are both {layout.first}, {self.names[layout.first]}: "
                "name two networks"
            )
        return Pair(
            *places,
            networks=tuple(self.networks[place] for place in places),
            names=tuple(self.names[place] for place in places),
        )


def require_same_runs(record: GroupRecord, others: Sequence[GroupRecord], option: str) -> None:
    """Records must be about the same networks, at whatever checkpoint and on whatever images.

    Raises
    ------
    InputError
        They are not; the option names the others.
    """
    runs = [subject.run for subject in record.subjects]
    if any([subject.run for subject in other.subjects] != runs for other in others):
        raise InputError(
            f"--{option}: not all files are about the same networks in the same order: give "
            "records of one group"
        )


def _told(group: Group) -> str:
    return "; ".join(describe(network) for network in group.networks)


def layers_shown(titles: Sequence[str], layout: UnitsLayout, most: int | None = None) -> list[int]:
    """Places of the layers that a layout names, input to output; else of all or the first few.

    Parameters
    ----------
    titles
        (L,) titles of the layers of the file.
    most
        How many are shown where the layout names none; None: all.

    Raises
    ------
    InputError
        The file has no such layer.
    """
    if layout.layers is None:
        return list(range(len(titles)))[:most]
    for name in layout.layers:
        if name not in titles:
            raise InputError(
                f"--layout: there is no layer {name}; the files have {', '.join(titles)}"
            )
    return [place for place, title in enumerate(titles) if title in layout.layers]
