import os

import pytest

from repatlas.files import atomic_directory, atomic_file


def test_file_appears_whole_and_leaves_nothing_beside_it(tmp_path):
    target = tmp_path / "new" / "a.txt"
    with atomic_file(target) as sibling:
        sibling.write_text("whole")
        assert sibling.suffix == ".txt"
        assert not target.exists()
    assert target.read_text() == "whole"
    assert os.listdir(target.parent) == ["a.txt"]


def test_failed_write_keeps_the_old_file(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def fail() -> None:
        with atomic_file(target) as sibling:
            sibling.write_text("half")
            raise OSError(28, "No space left on device", str(sibling))

    with pytest.raises(OSError, match="No space"):
        fail()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_directory_replaces_the_old_one_only_when_filled(tmp_path):
    target = tmp_path / "folder"
    with atomic_directory(target) as sibling:
        (sibling / "one").write_text("1")
    with atomic_directory(target) as sibling:
        (sibling / "two").write_text("2")
        assert os.listdir(target) == ["one"]
    assert os.listdir(target) == ["two"]

    def fail() -> None:
        with atomic_directory(target) as sibling:
            (sibling / "three").write_text("3")
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        fail()
    assert os.listdir(tmp_path) == ["folder"]
    assert os.listdir(target) == ["two"]
