"""Disks that are small or can only be read; only root can make them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WHY_NOT = "only root can mount a disk"


def can_mount(folder: Path) -> bool:
    """Whether disks can be made here, asked by making one in an empty folder."""
    if os.getuid() != 0 or shutil.which("mount") is None:
        return False
    options = ["-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if subprocess.run(["mount", *options], capture_output=True).returncode:
        return False
    subprocess.run(["umount", str(folder)], check=True)
    return True


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[None]:
    """Mount a disk of so many bytes at a folder, which is made."""
    place.mkdir(exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={size}", "none", str(place))
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def resize(place: Path, size: int) -> None:
    """Give a small disk another size."""
    _mount("-o", f"remount,size={size}", str(place))


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Let a folder be read only, for root too."""
    _mount("--bind", str(place), str(place))
    try:
        _mount("-o", "remount,bind,ro", str(place))
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)
