"""Locks that a killed Snakemake has left behind."""

from pathlib import Path

import psutil


def stale_lock(folder: Path) -> bool:
    """Whether a folder is locked by a Snakemake that no longer lives.

    Snakemake's lock files name no process, so the processes themselves are asked: one that runs
    Snakemake in this folder keeps its lock.
    """
    locks = folder / ".snakemake" / "locks"
    return locks.is_dir() and any(locks.iterdir()) and not _snakemake_lives(folder)


def _snakemake_lives(folder: Path) -> bool:
    for process in psutil.process_iter():
        try:
            at_work = any(Path(part).name == "snakemake" for part in process.cmdline()[:3])
            if at_work and Path(process.cwd()) == folder.resolve():
                return True
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return False
