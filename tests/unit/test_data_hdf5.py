import os

import h5py
import numpy as np
import pytest

from repatlas.errors import InputError
from repatlas.hdf5 import create_hdf5, open_hdf5, read_hdf5
from repatlas.hdf5_checksum import BLOCK


def write(path, values=(1.0, 2.0)):
    with create_hdf5(path, "repatlas.example", version=3) as file:
        file["group/values"] = np.array(values)
    return path


def test_what_is_written_is_read_with_its_provenance(tmp_path):
    path = write(tmp_path / "a.h5")
    with open_hdf5(path, "repatlas.example", version=3) as file:
        assert file["group/values"][:].tolist() == [1.0, 2.0]
        assert file.attrs["format"] == "repatlas.example"
        assert "provenance_versions" in file.attrs
        with pytest.raises(ValueError, match="no write intent"):
            file.create_group("new")
    assert os.listdir(tmp_path) == ["a.h5"]


def test_same_content_gives_the_same_bytes_at_any_time(tmp_path):
    contents = [write(tmp_path / name).read_bytes() for name in ("a.h5", "b.h5")]
    assert contents[0] == contents[1]
    # What would tell the time of day: object headers of version 2, which begin with these
    # letters, and the modification time of data sets.
    assert b"OHDR" not in contents[0]
    with h5py.File(tmp_path / "a.h5") as file:
        assert h5py.h5g.get_objinfo(file.id, b"group/values").mtime == 0


def test_failure_inside_the_block_leaves_nothing(tmp_path):
    def fail():
        with create_hdf5(tmp_path / "a.h5", "repatlas.example") as file:
            file["values"] = np.zeros(1000)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert os.listdir(tmp_path) == []


def test_fault_of_the_disk_names_the_file_that_was_to_be(tmp_path):
    def fail():
        with create_hdf5(tmp_path / "a.h5", "repatlas.example"):
            raise OSError(28, "Can't write data (errno = 28, error message = 'No space left')")

    with pytest.raises(OSError, match="No space left") as caught:
        fail()
    assert caught.value.filename == str(tmp_path / "a.h5")
    assert os.listdir(tmp_path) == []


def test_absent_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"a\.h5 does not exist: run the step"):
        open_hdf5(tmp_path / "a.h5", "repatlas.example")


@pytest.mark.parametrize("content", [b"", b"not HDF5 at all" * 100])
def test_foreign_bytes_are_refused(tmp_path, content):
    (tmp_path / "a.h5").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.h5 is not an HDF5 file: delete it"):
        open_hdf5(tmp_path / "a.h5", "repatlas.example")


def test_truncated_file_is_refused(tmp_path):
    path = write(tmp_path / "a.h5", np.zeros(1000))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"a\.h5 is truncated: delete it"):
        open_hdf5(path, "repatlas.example", version=3)


def test_hdf5_of_another_program_is_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["values"] = [1]
    with pytest.raises(InputError, match=r"no repatlas format .* expected repatlas\.example"):
        open_hdf5(tmp_path / "a.h5", "repatlas.example")


def test_other_format_and_other_version_are_refused_and_closed(tmp_path):
    path = write(tmp_path / "a.h5")
    with pytest.raises(InputError, match=r"holds repatlas\.example, expected repatlas\.other"):
        open_hdf5(path, "repatlas.other", version=3)
    with pytest.raises(InputError, match=r"holds version 3 .* reads version 1") as caught:
        open_hdf5(path, "repatlas.example")
    # HDF5 refuses to truncate a file that is still open in this process.
    h5py.File(path, "w").close()
    assert caught.tb is not None  # it held on to whatever was still open


def test_folder_in_place_of_a_file_keeps_its_fault(tmp_path):
    with pytest.raises(OSError, match="Is a directory"):
        open_hdf5(tmp_path, "repatlas.example")


def test_absent_member_is_told_as_damage(tmp_path):
    path = write(tmp_path / "a.h5")

    def read(name):
        with read_hdf5(path, "repatlas.example", version=3) as file:
            return file[name][:]

    assert read("group/values").tolist() == [1.0, 2.0]
    with pytest.raises(InputError, match=r"a\.h5 is damaged or incomplete"):
        read("group/absent")


def test_fault_of_the_program_is_not_told_as_damage(tmp_path):
    def read():
        with read_hdf5(write(tmp_path / "a.h5"), "repatlas.example", version=3):
            return {}["key"]

    with pytest.raises(KeyError, match="key"):
        read()


def flipped(path, place, bit=3):
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)


@pytest.mark.parametrize("share", [0, 0.1, 0.3, 0.6, 0.9, 0.999])
def test_a_flipped_bit_is_found_wherever_it_lies(tmp_path, share):
    path = write(tmp_path / "a.h5", np.arange(1000.0))
    open_hdf5(path, "repatlas.example", version=3).close()
    flipped(path, BLOCK + int(share * (path.stat().st_size - BLOCK)))
    with pytest.raises(InputError, match=r"a\.h5 is damaged, .* checksum: delete it and run"):
        open_hdf5(path, "repatlas.example", version=3)


def test_a_flipped_bit_of_the_checksum_never_gives_other_values(tmp_path):
    refused = 0
    for place in range(90):
        path = write(tmp_path / f"{place}.h5")
        flipped(path, place)
        try:
            with open_hdf5(path, "repatlas.example", version=3) as file:
                assert file["group/values"][:].tolist() == [1.0, 2.0]
        except InputError:
            refused += 1
    assert refused >= 64


def test_a_file_without_a_checksum_is_read(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs.update(format="repatlas.example", version=3)
    open_hdf5(tmp_path / "a.h5", "repatlas.example", version=3).close()
