from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from edited_files import edited_hdf5

from repatlas.errors import InputError
from repatlas.setting_records import SettingRecord, read_setting_record, write_setting_record


@dataclass(frozen=True, eq=False)
class Found(SettingRecord):
    FORMAT: ClassVar[str] = "repatlas.found"

    names: np.ndarray
    values: np.ndarray
    count: int


RECORD = Found(
    {"inputs": 3, "snrs": [0.3, 1.0], "data": None},
    names=np.array(["trained", "é"]),
    values=np.array([np.nan, 1.5]),
    count=7,
)


def test_what_was_written_is_read_back(tmp_path):
    write_setting_record(RECORD, tmp_path / "found.h5")
    found = read_setting_record(Found, tmp_path / "found.h5")
    assert found.settings == RECORD.settings
    assert found.names.tolist() == RECORD.names.tolist()
    np.testing.assert_array_equal(found.values, RECORD.values)
    assert found.count == 7


def test_equal_records_are_equal_files(tmp_path):
    for name in ("one.h5", "two.h5"):
        write_setting_record(RECORD, tmp_path / name)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def test_absent_damaged_and_foreign_files_are_told_in_one_line(tmp_path):
    path = tmp_path / "found.h5"
    with pytest.raises(InputError, match=r"found\.h5 does not exist"):
        read_setting_record(Found, path)
    write_setting_record(RECORD, path)
    with edited_hdf5(path) as file:
        del file["items/values"]
    with pytest.raises(InputError, match="lacks values"):
        read_setting_record(Found, path)
    with edited_hdf5(path) as file:
        file.attrs["format"] = "repatlas.other"
    with pytest.raises(InputError, match=r"holds repatlas\.other, expected repatlas\.found"):
        read_setting_record(Found, path)
