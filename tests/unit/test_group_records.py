import dataclasses
import math
from typing import ClassVar

import numpy as np
import pytest
from edited_files import edited_hdf5
from record_subjects import SUBJECT

from repatlas.errors import InputError
from repatlas.group_records import GroupRecord, read_group_record, write_group_record


@dataclasses.dataclass(frozen=True, eq=False)
class Table(GroupRecord):
    """A record with an item of every kind."""

    FORMAT: ClassVar[str] = "repatlas.table"

    layer: np.ndarray
    unit: np.ndarray
    value: np.ndarray
    dead: np.ndarray
    shown: str
    number: int
    threshold: float
    names: tuple[str, ...]


def table(rows=3, **changes):
    values = {
        "subjects": (SUBJECT, dataclasses.replace(SUBJECT, checkpoint="epoch-0000")),
        "layer": np.array(["conv1", "conv2", "größer"][:rows], dtype=np.str_),
        "unit": np.arange(rows),
        "value": np.array([0.5, np.nan, -1e300][:rows]),
        "dead": np.array([True, False, True][:rows]),
        "shown": "conv1",
        "number": 3,
        "threshold": 0.2,
        "names": ("a", "b"),
    }
    return Table(**values | changes)


def read_back(record, path):
    write_group_record(record, path)
    return read_group_record(Table, path)


@pytest.mark.parametrize("rows", [3, 1, 0])
def test_what_was_written_is_read_back(tmp_path, rows):
    record = table(rows)
    found = read_back(record, tmp_path / "table.h5")
    for name in ("layer", "unit", "value", "dead"):
        expected, read = getattr(record, name), getattr(found, name)
        np.testing.assert_array_equal(read, expected)
        assert read.dtype.kind == expected.dtype.kind
    assert found.shown == "conv1"
    assert type(found.shown) is str
    assert (found.number, found.threshold, found.names) == (3, 0.2, ("a", "b"))


def test_texts_of_an_empty_table_may_be_of_any_length(tmp_path):
    found = read_back(table(layer=np.array([], dtype=np.str_)), tmp_path / "table.h5")
    assert found.layer.shape == (0,)
    assert found.layer.dtype.kind == "U"


@pytest.mark.parametrize("changes", [{"shown": ""}, {"names": ()}, {"names": ("",)}])
def test_empty_texts_are_texts(tmp_path, changes):
    found = read_back(table(**changes), tmp_path / "table.h5")
    assert {name: getattr(found, name) for name in changes} == changes


def test_header_names_the_networks_in_their_order(tmp_path):
    many = tuple(dataclasses.replace(SUBJECT, checkpoint=f"epoch-{n:04d}") for n in range(12))
    found = read_back(table(subjects=many), tmp_path / "table.h5").subjects
    assert [subject.checkpoint for subject in found] == [each.checkpoint for each in many]
    assert found[0].run == SUBJECT.run
    assert found[0].layers == SUBJECT.layers
    assert math.isnan(found[0].test_accuracy)


def test_equal_records_are_equal_files(tmp_path):
    for name in ("one.h5", "two.h5"):
        write_group_record(table(), tmp_path / name)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def test_a_record_that_lacks_an_item_is_told(tmp_path):
    write_group_record(table(), tmp_path / "table.h5")
    with edited_hdf5(tmp_path / "table.h5") as file:
        del file["items/value"]
    with pytest.raises(InputError, match=r"table\.h5 lacks value: delete it"):
        read_group_record(Table, tmp_path / "table.h5")
