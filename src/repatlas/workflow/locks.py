"""One run at a time in a folder, and what a killed run leaves: its lock and its jobs.

Snakemake's lock files name no process, so the processes themselves are asked. A job is told from
the Snakemake that started it by the frozen config in its environment.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from repatlas.errors import InputError
from repatlas.file_lock import try_lock
from repatlas.provenance import STUDY_CONFIG_VARIABLE

GRACE = 5.0
"""Seconds that a job is given to end once it is asked to."""


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """Hold a folder for one run of `reproduce`; a kill of any kind lets it go.

    Raises
    ------
    InputError
        Another run is at work there.
    OSError
        The folder cannot be written to.
    """
    path = folder / ".snakemake" / "repatlas.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        if not try_lock(file):
            raise _occupied(folder, path.read_text().strip())
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        running = next(_processes(folder, jobs=False), None)
        if running is not None:
            raise _occupied(folder, str(running.pid))
        yield


def _occupied(folder: Path, process: str) -> InputError:
    return InputError(
        f"{folder}: another run is at work there (process {process}): wait until it ends, or stop "
        f"it with `kill {process}`, then run the same command"
    )


def stale_lock(folder: Path) -> bool:
    """Whether a folder is locked by a Snakemake that no longer lives."""
    locks = folder / ".snakemake" / "locks"
    return locks.is_dir() and any(locks.iterdir()) and not any(_processes(folder, jobs=False))


def stop_orphans(folder: Path) -> bool:
    """End the jobs in a folder whose Snakemake was killed; whether there were any.

    What they would write is made again anyway, since nobody notes that they ended; and two jobs at
    once on one training would get into each other's way.
    """
    orphans = list(_processes(folder, jobs=True))
    for process in orphans:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, left = psutil.wait_procs(orphans, timeout=GRACE)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=GRACE)
    return bool(orphans)


def _processes(folder: Path, jobs: bool) -> Iterator[psutil.Process]:
    """Jobs in a folder, or else the Snakemake processes that start them."""
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) != folder.resolve():
                continue
            config = process.environ().get(STUDY_CONFIG_VARIABLE)
            if config is None:
                wanted = not jobs and _is_snakemake(process)
            else:
                wanted = jobs and Path(config).is_relative_to(folder.resolve())
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        if wanted:
            yield process


def _is_snakemake(process: psutil.Process) -> bool:
    return any(Path(part).name == "snakemake" for part in process.cmdline()[:3])
