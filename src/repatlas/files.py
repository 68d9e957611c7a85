"""Files that are either whole or absent: write beside, sync, rename."""

import glob
import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = re.sub(r"[^A-Za-z0-9]+", "_", socket.gethostname()) or "host"
"""This machine in the names of siblings: on a shared disk process numbers alone may be equal."""


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary sibling to write to; it becomes ``path`` only if the block succeeds.

    The sibling is synced before it is renamed, and its folder after, so that a crash at any
    moment leaves the old file, the new file, or none, and never a part of one. The sibling keeps
    the suffix of ``path``, because libraries choose a format by it. Siblings that killed
    processes of this machine have left of the same file are removed.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    sibling = _sibling(target, target.stem, target.suffix)
    try:
        yield sibling
        sync(sibling)
        os.replace(sibling, target)
    except BaseException as error:
        sibling.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None and error.filename is None:
            # A failed write names no file; the user is to be told which disk.
            error.filename = str(target)
        raise
    sync(target.parent)


@contextmanager
def atomic_directory(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary sibling folder to fill; it becomes ``path`` only if the block succeeds.

    A folder that stands at ``path`` already is replaced. What killed processes have left is
    removed as `atomic_file` does.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    sibling = _sibling(target, target.name)
    shutil.rmtree(sibling, ignore_errors=True)
    sibling.mkdir()
    try:
        yield sibling
        for file in sibling.rglob("*"):
            sync(file)
        if target.exists():
            shutil.rmtree(target)
        os.replace(sibling, target)
    except BaseException:
        shutil.rmtree(sibling, ignore_errors=True)
        raise
    sync(target.parent)


def sync(path: Path) -> None:
    """Flush a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sibling(target: Path, stem: str, suffix: str = "") -> Path:
    """Name a sibling that no other process has, and remove those of killed processes."""
    begin, end = f".{stem}.{HOST}-", f".tmp{suffix}"
    for left in target.parent.glob(f"{glob.escape(begin)}*{glob.escape(end)}"):
        owner = left.name[len(begin) : -len(end)]
        if not owner.isdecimal() or _lives(int(owner)):
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    return target.with_name(f"{begin}{os.getpid()}{end}")


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
