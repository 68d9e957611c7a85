"""Records about settings that are not networks of the study, such as ensembles and simulations.

As `repatlas.records`, with a header that holds the settings. Values stand in long form: arrays of
one length, a row a value.
"""

import json
import os
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from repatlas.hdf5 import create_hdf5, read_hdf5
from repatlas.records import read_items, write_items


@dataclass(frozen=True, eq=False)
class SettingRecord:
    """Base of all records about settings: fields of a subclass become items of the file.

    Attributes
    ----------
    settings
        What was done, as parsed JSON of a section of the config.
    """

    FORMAT: ClassVar[str]
    VERSION: ClassVar[int] = 1

    settings: dict[str, Any]


AnySettingRecord = TypeVar("AnySettingRecord", bound=SettingRecord)


def write_setting_record(record: SettingRecord, path: str | os.PathLike[str]) -> None:
    """Write a record, whole or not at all.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    with create_hdf5(path, record.FORMAT, record.VERSION) as file:
        file.attrs["settings"] = json.dumps(record.settings, sort_keys=True)
        write_items(file, record)


def read_setting_record(
    kind: type[AnySettingRecord], path: str | os.PathLike[str]
) -> AnySettingRecord:
    """Read a record.

    Raises
    ------
    InputError
        The file is absent, damaged, of another kind, or lacks an item.
    """
    with read_hdf5(path, kind.FORMAT, kind.VERSION) as file:
        return kind(settings=json.loads(file.attrs["settings"]), **read_items(file, kind))
