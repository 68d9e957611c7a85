"""Leases of GPUs on one machine: which GPU a job takes, and how many jobs share one.

Every GPU has some places, each a file that a job locks with `flock` for as long as it lives. The
kernel frees the lock when the process ends, however it ends, so that no job that was killed leaves
a place taken. Files are named after the GPU itself and not after its number, which means another
GPU where `CUDA_VISIBLE_DEVICES` is set.
"""

import fcntl
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from repatlas.errors import InputError

GPU_JOBS_VARIABLE = "REPATLAS_GPU_JOBS"
"""Environment variable: how many jobs all visible GPUs together take at a time."""

JOBS_PER_GPU = 4
"""Jobs that share a GPU where that variable is not set."""

SCHEDULER_VARIABLE = "SLURM_JOB_ID"
"""Set in jobs of Slurm, which gives each its own GPUs."""

POLL_SECONDS = 0.5
"""Time between two looks at places that are all taken."""

LEASE_FOLDER = Path("/tmp", f"repatlas-gpus-{os.getuid()}")
"""Never that of TMPDIR: workflows with different ones share the GPUs all the same."""

_HELD: set[int] = set()
"""Open files of all leases of this process."""


@dataclass(frozen=True)
class Lease:
    """Places on a GPU, held until they are given back or the process ends.

    Attributes
    ----------
    device
        Position of the GPU in the list from which it was chosen.
    handles
        Open files that hold the locks.
    """

    device: int
    handles: tuple[int, ...]

    def give_back(self) -> None:
        """Free the places before the process ends."""
        _HELD.difference_update(self.handles)
        for handle in self.handles:
            os.close(handle)


def leases_apply() -> bool:
    """Whether jobs agree among themselves on GPUs: not where Slurm has given each its own.

    A workflow that runs its own jobs within an allocation of Slurm says so by the variable.
    """
    return GPU_JOBS_VARIABLE in os.environ or SCHEDULER_VARIABLE not in os.environ


def share_gpus(jobs: int) -> None:
    """Tell every process that is started from now on how many jobs the GPUs take together.

    Parameters
    ----------
    jobs
        The limit of a workflow that runs its jobs on this machine.
    """
    os.environ[GPU_JOBS_VARIABLE] = str(jobs)


def places_per_gpu(gpus: int) -> int:
    """Places of each of so many GPUs.

    Raises
    ------
    InputError
        The environment variable is no number above 0.
    """
    given = os.environ.get(GPU_JOBS_VARIABLE)
    if given is None:
        return JOBS_PER_GPU
    if not given.isdecimal() or int(given) < 1:
        raise InputError(f"{GPU_JOBS_VARIABLE}={given!r}: set it to a number of jobs, 1 or more")
    return -(-int(given) // gpus)


def take_lease(
    gpus: Sequence[str],
    places: int,
    wanted: int = 1,
    folder: Path = LEASE_FOLDER,
    pause: Callable[[], None] = lambda: time.sleep(POLL_SECONDS),
) -> Lease:
    """Take places on the GPU that has most of them free; wait until there are enough.

    Those who wait stand in a queue: one looks for places at a time, so that a job that wants
    several is not passed by again and again, and no two take each other's.

    Parameters
    ----------
    gpus
        Names of the GPUs, the same in every process.
    places
        Places of each GPU. Where others count on another number, no more than this are taken in
        all.
    wanted
        How many places this job takes; at most all of a GPU.
    folder
        A folder on this machine, which is made.
    pause
        Called between two looks.

    Raises
    ------
    InputError
        The folder belongs to someone else.
    OSError
        It cannot be made.
    """
    _make_folder(folder)
    wanted = min(wanted, places)
    with _queue(folder):
        waited = False
        while (lease := _try_lease(gpus, places, wanted, folder)) is None:
            if not waited:
                told = f"waiting for a GPU: of {places} places on each of {len(gpus)} GPUs"
                print(f"{told}, {wanted} must be free", file=sys.stderr, flush=True)
            waited = True
            pause()
    _HELD.update(lease.handles)
    return lease


def _try_lease(gpus: Sequence[str], places: int, wanted: int, folder: Path) -> Lease | None:
    free = [_lock_free_places(folder, gpu, places) for gpu in gpus]
    # The first of those with most places free.
    best = max(range(len(gpus)), key=lambda gpu: len(free[gpu]))
    kept = free[best][:wanted] if len(free[best]) >= wanted else []
    for handle in (handle for handles in free for handle in handles if handle not in kept):
        os.close(handle)
    return Lease(best, tuple(kept)) if kept else None


def _lock_free_places(folder: Path, gpu: str, places: int) -> list[int]:
    """Locks on as many places of a GPU as are left, however many others count on."""
    known = {folder / f"{gpu}.{number}.lock" for number in range(places)}
    files = sorted(known | set(folder.glob(f"{gpu}.*.lock")))
    handles = [_try_lock(file) for file in files]
    free = [handle for handle in handles if handle is not None]
    left = max(0, places - (len(files) - len(free)))
    for handle in free[left:]:
        os.close(handle)
    return free[:left]


def _try_lock(file: Path) -> int | None:
    """An open file with a lock on it; None where another process has the lock.

    The file is closed in programs that are started, as all files are that Python opens.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


@contextmanager
def _queue(folder: Path) -> Iterator[None]:
    """Wait until no other process looks for places."""
    handle = os.open(folder / "queue.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _close_in_child() -> None:
    """Keep a forked process, which has the files open too, from holding the locks on."""
    for handle in _HELD:
        os.close(handle)
    _HELD.clear()


os.register_at_fork(after_in_child=_close_in_child)


def _make_folder(folder: Path) -> None:
    """Make the folder, for this user alone; /tmp is open to all."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise InputError(
                f"{folder}: is not a folder of yours: have it removed, or give --device cuda:0"
            ) from None
