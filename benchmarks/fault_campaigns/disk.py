"""Disks that are full or read-only: small file systems in memory, which root may mount."""

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fault_campaigns.study import (
    Checkout,
    clone,
    differences,
    error_lines,
    one_line,
    reproduce,
    results,
)
from fault_campaigns.tally import Tally


def full_disk_campaign(
    folder: Path, fresh: Checkout, finished: Checkout, trials: int, seed: int
) -> Tally:
    """Run on a disk too small for the results, make it larger, and run the same again."""
    tally = Tally("disk full in the middle of the run")
    if _cannot_mount():
        tally.skipped = "skipped: only root can mount a small disk"
        return tally
    rng = random.Random(seed)
    reference = results(finished)
    room = sum(_allocated(path) for path in (finished.folder / "results").rglob("*"))
    for _ in range(trials):
        checkout = clone(fresh, folder / "full")
        size = 2**21 + int(rng.uniform(0.0, 0.8) * room)
        with mounted(checkout.folder / "results", f"size={size}") as place:
            done = reproduce(checkout)
            tally.trials += 1
            told = [line for line in error_lines(done.stdout) if "no space left" in line]
            half_written = [name for name in checkout.files() if ".tmp" in name]
            if done.returncode == 1 and told and "Traceback" not in done.stdout:
                tally.refused += 1
            if not told or "Traceback" in done.stdout or half_written:
                tally.losses.append(f"{size} bytes: {half_written} {done.stdout[-1500:]}")
            _mount("-o", f"remount,size={size + 4 * room}", place)
            done = reproduce(checkout)
            found = differences(reference, checkout)
            tally.end([f"status {done.returncode}", *found] if done.returncode else found)
    return tally


def read_only_campaign(folder: Path, finished: Checkout) -> Tally:
    """Run on results that cannot be written to, then on the same as they were."""
    tally = Tally("results on a read-only disk")
    if _cannot_mount():
        tally.skipped = "skipped: only root can mount a read-only disk"
        return tally
    reference = results(finished)
    for missing in ("report.html", "claims.json", "figures/**/fig2b_seeds.png"):
        checkout = clone(finished, folder / "read_only")
        for path in (checkout.folder / "results/tiny").glob(missing):
            path.unlink()
        place = checkout.folder / "results"
        _mount("--bind", str(place), str(place))
        try:
            _mount("-o", "remount,bind,ro", str(place))
            done = reproduce(checkout)
        finally:
            _unmount(place)
        tally.trials += 1
        if done.returncode == 1 and one_line(done.stdout):
            tally.refused += 1
        else:
            tally.losses.append(f"{missing}: {done.stdout[-1500:]}")
        done = reproduce(checkout)
        found = differences(reference, checkout)
        tally.end([f"status {done.returncode}", *found] if done.returncode else found)
    return tally


@contextmanager
def mounted(place: Path, options: str) -> Iterator[str]:
    """Mount a file system in memory at a folder, which is made."""
    place.mkdir(exist_ok=True)
    _mount("-t", "tmpfs", "-o", options, "none", str(place))
    try:
        yield str(place)
    finally:
        _unmount(place)


def _cannot_mount() -> bool:
    return os.getuid() != 0 or shutil.which("mount") is None


def _allocated(path: Path) -> int:
    return path.stat().st_blocks * 512


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def _unmount(place: Path) -> None:
    subprocess.run(["umount", str(place)], check=True)
