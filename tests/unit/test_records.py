import dataclasses
import math

import numpy as np
import pytest
from edited_files import edited_hdf5
from record_subjects import SUBJECT

from repatlas.errors import InputError
from repatlas.experiments.results import Ablation, Deletion, LinearProbes, Synthetic, Trajectory
from repatlas.records import read_record, read_subject, write_record

RANDOM = np.random.default_rng(0)


def values(*shape):
    found = RANDOM.standard_normal(shape)
    found.flat[0] = np.nan
    return found


RECORDS = [
    Trajectory(
        SUBJECT,
        checkpoints=("epoch-0000", "step-00001", "final"),
        epochs=np.array([0, 0, 1]),
        steps=np.array([0, 1, 8]),
        ids=np.array(["test/a/1", "test/é/22", "x", "test/long name/4"]),
        share=values(3, 2),
        components=values(3, 1, 4).astype(np.float32),
        norms=values(3, 1, 4),
        compared=np.array([0, 2]),
        cka_within=values(2, 2, 2),
        cka_final=values(2, 2, 2),
    ),
    Synthetic(
        SUBJECT,
        kinds=("dominant", "named"),
        labels=("test/ü/1", "white"),
        images=RANDOM.integers(0, 256, (2, 3, 4, 4), dtype=np.uint8),
        colors=values(2, 3),
        norms=values(2, 1),
        projections=values(2, 1),
        logits=values(2, 3),
        classes=("a", "b", "c"),
        reference=0,
        median_norms=values(1),
    ),
    Ablation(SUBJECT, np.array([0]), values(1, 3), values(1, 3), math.nan, math.nan, 0.5, 1.25),
    Deletion(SUBJECT, np.array([1]), np.array([0]), np.array([0]), values(1), values(1)),
    LinearProbes(SUBJECT, np.array([0, 1]), np.array([True, False]), values(2), values(2)),
]
EACH = pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)


@EACH
def test_what_was_written_is_read_back(tmp_path, record):
    write_record(record, tmp_path / "record.h5")
    found = read_record(type(record), tmp_path / "record.h5")
    for field in dataclasses.fields(record):
        if field.name == "subject":
            continue
        expected, read = getattr(record, field.name), getattr(found, field.name)
        if isinstance(expected, tuple):
            assert read == expected
        else:
            np.testing.assert_array_equal(read, expected)
            assert np.asarray(read).dtype == np.asarray(expected).dtype


@EACH
def test_header_names_the_network(tmp_path, record):
    write_record(record, tmp_path / "record.h5")
    whole = read_record(type(record), tmp_path / "record.h5").subject
    for found in (whole, read_subject(type(record), tmp_path / "record.h5")):
        read, expected = dataclasses.asdict(found), dataclasses.asdict(SUBJECT)
        assert read | {"test_accuracy": 0} == expected | {"test_accuracy": 0}
        assert math.isnan(found.test_accuracy)
        assert found.block_outputs == [0]


def test_equal_records_are_equal_files(tmp_path):
    for name in ("one.h5", "two.h5"):
        write_record(RECORDS[0], tmp_path / name)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


@pytest.mark.parametrize("read", [read_record, read_subject])
def test_absent_and_foreign_files_are_told_in_one_line(tmp_path, read):
    path = tmp_path / "record.h5"
    with pytest.raises(InputError, match=r"record\.h5 does not exist"):
        read(Ablation, path)
    path.write_text("no record")
    with pytest.raises(InputError, match="is not an HDF5 file"):
        read(Ablation, path)
    write_record(RECORDS[3], path)
    with pytest.raises(InputError, match=r"holds repatlas\.deletion, expected repatlas\.ablation"):
        read(Ablation, path)


def test_a_record_that_lacks_an_item_is_told(tmp_path):
    path = tmp_path / "record.h5"
    write_record(RECORDS[3], path)
    with edited_hdf5(path) as file:
        del file["items/loss"]
    with pytest.raises(InputError, match=r"record\.h5 lacks loss: delete it"):
        read_record(Deletion, path)


def test_nothing_is_left_of_a_record_that_cannot_be_written(tmp_path):
    broken = dataclasses.replace(RECORDS[3], loss=np.array([object()]))
    with pytest.raises(TypeError):
        write_record(broken, tmp_path / "record.h5")
    assert list(tmp_path.iterdir()) == []
