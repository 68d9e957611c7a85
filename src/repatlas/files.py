"""Files that are either whole or absent: write beside, sync, rename."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary sibling to write to; it becomes ``path`` only if the block succeeds.

    The sibling is synced before it is renamed, and its folder after, so that a crash at any
    moment leaves the old file, the new file, or none, and never a part of one. The sibling keeps
    the suffix of ``path``, because libraries choose a format by it.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    sibling = target.with_name(f".{target.stem}.{os.getpid()}.tmp{target.suffix}")
    try:
        yield sibling
        sync(sibling)
        os.replace(sibling, target)
    except BaseException:
        sibling.unlink(missing_ok=True)
        raise
    sync(target.parent)


@contextmanager
def atomic_directory(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary sibling folder to fill; it becomes ``path`` only if the block succeeds.

    A folder that stands at ``path`` already is replaced.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    sibling = target.with_name(f".{target.name}.{os.getpid()}.tmp")
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
