"""Disks that are full or read-only: small file systems in memory, which root may mount."""

import random
from pathlib import Path

from small_disk import WHY_NOT, can_mount, read_only, resize, small_disk

from fault_campaigns.study import (
    Checkout,
    clone,
    differences,
    error_lines,
    one_line,
    results,
)
from fault_campaigns.tally import Tally


def full_disk_campaign(
    folder: Path, fresh: Checkout, finished: Checkout, trials: int, seed: int
) -> Tally:
    """Run on a disk too small for the results, make it larger, and run the same again."""
    tally = Tally("disk full in the middle of the run")
    if not can_mount(empty_folder(folder)):
        tally.skipped = f"skipped: {WHY_NOT}"
        return tally
    rng = random.Random(seed)
    reference = results(finished)
    room = sum(_allocated(path) for path in (finished.folder / "results").rglob("*"))
    for _ in range(trials):
        checkout = clone(fresh, folder / "full")
        size = 2**21 + int(rng.uniform(0.0, 0.8) * room)
        with small_disk(checkout.folder / "results", size):
            done = checkout.reproduce()
            tally.trials += 1
            told = [line for line in error_lines(done.stdout) if "no space left" in line]
            half_written = [name for name in checkout.files() if ".tmp" in name]
            if done.returncode == 1 and told and "Traceback" not in done.stdout:
                tally.refused += 1
            if not told or "Traceback" in done.stdout or half_written:
                tally.losses.append(f"{size} bytes: {half_written} {done.stdout[-1500:]}")
            resize(checkout.folder / "results", size + 4 * room)
            done = checkout.reproduce()
            found = differences(reference, checkout)
            tally.end([f"status {done.returncode}", *found] if done.returncode else found)
    return tally


def read_only_campaign(folder: Path, finished: Checkout) -> Tally:
    """Run on results that cannot be written to, then on the same as they were."""
    tally = Tally("results on a read-only disk")
    if not can_mount(empty_folder(folder)):
        tally.skipped = f"skipped: {WHY_NOT}"
        return tally
    reference = results(finished)
    for missing in ("report.html", "claims.json", "figures/**/fig1a_emergence.png"):
        checkout = clone(finished, folder / "read_only")
        for path in (checkout.folder / "results/tiny").glob(missing):
            path.unlink()
        with read_only(checkout.folder / "results"):
            done = checkout.reproduce()
        tally.trials += 1
        if done.returncode == 1 and one_line(done.stdout):
            tally.refused += 1
        else:
            tally.losses.append(f"{missing}: {done.stdout[-1500:]}")
        done = checkout.reproduce()
        found = differences(reference, checkout)
        tally.end([f"status {done.returncode}", *found] if done.returncode else found)
    return tally


def empty_folder(folder: Path) -> Path:
    """A folder in which a mount may be tried."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    return empty


def _allocated(path: Path) -> int:
    return path.stat().st_blocks * 512
