"""Options that name files about the units of several networks."""

from collections.abc import Sequence
from pathlib import Path

from repatlas.errors import InputError
from repatlas.figures.options import Input
from repatlas.group_records import AnyGroupRecord, read_group_record
from repatlas.units.gathered import GatheredUnits
from repatlas.units.results import Matching


def group_record(
    option: str, kind: type[AnyGroupRecord], help: str, *, required: bool = True
) -> Input:
    """Give the option that names one record about several networks.

    What it opens to is None where the option is not required and not given.
    """

    def read(paths: Sequence[Path]) -> AnyGroupRecord | None:
        return read_group_record(kind, _only(option, paths)) if paths else None

    return Input(option, help, read, required)


def _only(option: str, paths: Sequence[Path]) -> Path:
    if len(paths) > 1:
        raise InputError(f"--{option} takes one file, not {len(paths)}: give one group of networks")
    return paths[0]


GATHERED = Input(
    "gathered",
    "gathered units of the networks",
    lambda paths: GatheredUnits(_only("gathered", paths)),
)
MATCHING = group_record("matching", Matching, "matches between the units of the networks")
UNTRAINED = group_record(
    "untrained", Matching, "the same of the untrained networks (null)", required=False
)
