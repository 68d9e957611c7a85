import os
import subprocess
import sys

import pytest

from repatlas.files import HOST, atomic_directory, atomic_file


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


def dead_process() -> int:
    """Number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_killed_processes_left_of_the_same_file_is_removed(tmp_path):
    dead, living = dead_process(), os.getppid()
    left = [tmp_path / f".a.{HOST}-{dead}.tmp.txt", tmp_path / f".a.d.{HOST}-{dead}.tmp"]
    left[0].write_text("half")
    left[1].mkdir()
    (left[1] / "part").write_text("half")
    kept = [
        tmp_path / name
        for name in (
            f".a.{HOST}-{living}.tmp.txt",
            f".b.{HOST}-{dead}.tmp.txt",
            f".a.elsewhere-{dead}.tmp.txt",
            f".a.{HOST}-x.tmp.txt",
        )
    ]
    for path in kept:
        path.write_text("another's")
    with atomic_file(tmp_path / "a.txt") as sibling:
        sibling.write_text("whole")
    with atomic_directory(tmp_path / "a.d"):
        pass
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in kept)


def test_a_failed_write_names_the_file_that_was_to_be(tmp_path):
    def fail() -> None:
        with atomic_file(tmp_path / "a.txt"):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space") as caught:
        fail()
    assert caught.value.filename == str(tmp_path / "a.txt")
