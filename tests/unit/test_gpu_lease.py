"""Leases of GPUs that are not there, taken by processes that are, and that are killed."""

import fcntl
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from repatlas import gpu_lease
from repatlas.errors import InputError
from repatlas.gpu_lease import (
    GPU_JOBS_VARIABLE,
    JOBS_PER_GPU,
    SCHEDULER_VARIABLE,
    leases_apply,
    places_per_gpu,
    share_gpus,
    take_lease,
)

GPUS = ("GPU-a", "GPU-b")

HOLDER = """
import os, subprocess, sys
from pathlib import Path
from repatlas.gpu_lease import take_lease

folder, gpus, places, wanted, child = sys.argv[1:]
lease = take_lease(gpus.split(","), int(places), int(wanted), Path(folder), os.sched_yield)
told = f"{os.getpid()} {lease.device}\\n".encode()
if child == "started":
    subprocess.Popen(["cat"], stdout=subprocess.DEVNULL, close_fds=False)
# A forked child tells: only then has it let go of what it was born with.
if child != "forked" or not os.fork():
    os.write(1, told)
sys.stdin.read()
"""


class Holders:
    """Processes that take a lease, tell it, and hold it until they are killed."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.told, self.telling = os.pipe()
        self.living: dict[int, subprocess.Popen[bytes]] = {}
        self.killed: list[subprocess.Popen[bytes]] = []

    def start(self, places: int, wanted: int = 1, gpus=GPUS, child: str = "none") -> None:
        arguments = [self.folder, ",".join(gpus), places, wanted, child]
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=self.telling,
            stderr=subprocess.DEVNULL,
        )
        self.living[process.pid] = process

    def next(self) -> tuple[int, int]:
        """Process and GPU of the next lease that is told."""
        ready, _, _ = select.select([self.told], [], [], 600)
        assert ready, "no process has got a place for ten minutes"
        line = b""
        while not line.endswith(b"\n"):
            line += os.read(self.told, 1)
        process, gpu = line.split()
        return int(process), int(gpu)

    def kill(self, process: int) -> None:
        """Kill it with a signal that it cannot catch, and wait until the kernel has seen to it."""
        holder = self.living.pop(process)
        os.kill(process, signal.SIGKILL)
        holder.wait()
        self.killed.append(holder)

    def close(self) -> None:
        for process in list(self.living):
            self.kill(process)
        # Children of killed holders read from these until they are closed.
        for holder in self.killed:
            holder.stdin.close()
        os.close(self.told)
        os.close(self.telling)


@pytest.fixture
def holders(tmp_path) -> Iterator[Holders]:
    found = Holders(tmp_path / "leases")
    yield found
    found.close()


def taken_at_once(folder: Path, places: int, wanted: int = 1, gpus=GPUS) -> int:
    """GPU of a lease for which nobody waits."""

    def refuse() -> None:
        raise AssertionError("no place is free")

    lease = take_lease(gpus, places, wanted, folder, refuse)
    lease.give_back()
    return lease.device


def has_no_place(folder: Path, places: int, wanted: int = 1, gpus=GPUS) -> bool:
    class FullError(Exception):
        pass

    def refuse() -> None:
        raise FullError

    try:
        take_lease(gpus, places, wanted, folder, refuse).give_back()
    except FullError:
        return True
    return False


def test_places_of_killed_jobs_go_to_those_that_wait_and_no_gpu_has_too_many(holders):
    for _ in range(12):
        holders.start(places=2)
    held = dict(holders.next() for _ in range(4))
    assert sorted(held.values()) == [0, 0, 1, 1]
    for _ in range(8):
        assert has_no_place_in_queue(holders)
        freed = held.pop(victim := next(iter(held)))
        holders.kill(victim)
        process, gpu = holders.next()
        assert gpu == freed
        held[process] = gpu
    assert len(held) == 4


def has_no_place_in_queue(holders: Holders) -> bool:
    """Whether nobody has told of a lease that no kill has made room for."""
    return not select.select([holders.told], [], [], 0)[0]


@pytest.mark.parametrize("child", ["none", "forked", "started"])
def test_a_killed_job_leaves_no_place_taken_even_if_its_children_live(holders, child):
    holders.start(places=1, gpus=GPUS[:1], child=child)
    process, _ = holders.next()
    assert has_no_place(holders.folder, 1, gpus=GPUS[:1])
    holders.kill(process)
    assert taken_at_once(holders.folder, 1, gpus=GPUS[:1]) == 0


def test_a_job_goes_to_the_gpu_with_most_places_free(holders):
    holders.start(places=4, wanted=2)
    assert holders.next()[1] == 0
    holders.start(places=4)
    assert holders.next()[1] == 1
    assert taken_at_once(holders.folder, 4) == 1
    assert taken_at_once(holders.folder, 4, gpus=GPUS[::-1]) == 0


def test_several_places_are_those_of_one_gpu(holders):
    for _ in range(2):
        holders.start(places=2)
    assert sorted(holders.next()[1] for _ in range(2)) == [0, 1]
    assert has_no_place(holders.folder, 2, wanted=2)
    assert taken_at_once(holders.folder, 2) == 0
    # More than a GPU has are all of it.
    assert taken_at_once(holders.folder, 3, wanted=9, gpus=("GPU-c",)) == 0


def test_a_gpu_is_known_by_its_name_whatever_its_number(holders):
    holders.start(places=1, gpus=["GPU-b"])
    assert holders.next()[1] == 0
    assert taken_at_once(holders.folder, 1) == 0
    assert taken_at_once(holders.folder, 1, gpus=GPUS[::-1]) == 1
    assert has_no_place(holders.folder, 1, gpus=["GPU-b"])


def test_those_who_count_on_fewer_places_see_all_that_are_taken(holders):
    told = []
    for _ in range(3):
        holders.start(places=4, gpus=GPUS[:1])
        told.append(holders.next()[0])
    assert has_no_place(holders.folder, 3, gpus=GPUS[:1])
    assert taken_at_once(holders.folder, 4, gpus=GPUS[:1]) == 0
    # The first place is free again, but two are taken.
    holders.kill(told[0])
    assert has_no_place(holders.folder, 2, gpus=GPUS[:1])
    assert taken_at_once(holders.folder, 3, gpus=GPUS[:1]) == 0


def test_a_job_that_wants_several_places_is_not_passed_by(tmp_path):
    first = take_lease(["GPU-a"], 2, folder=tmp_path)

    def look() -> None:
        # One place is free, but nobody else may look for it now.
        with open(tmp_path / "queue.lock") as queue, pytest.raises(BlockingIOError):
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        first.give_back()

    take_lease(["GPU-a"], 2, wanted=2, folder=tmp_path, pause=look).give_back()


def test_who_waits_says_so_once(tmp_path, capsys):
    first = take_lease(["GPU-a"], 1, folder=tmp_path)
    looks = []

    def look() -> None:
        looks.append(1)
        if len(looks) == 3:
            first.give_back()

    second = take_lease(["GPU-a"], 1, folder=tmp_path, pause=look)
    second.give_back()
    assert capsys.readouterr().err == (
        "waiting for a GPU: of 1 places on each of 1 GPUs, 1 must be free\n"
    )


def test_a_child_closes_no_other_file_after_a_lease_was_given_back(tmp_path):
    lease = take_lease(["GPU-a"], 1, folder=tmp_path)
    (number,) = lease.handles
    lease.give_back()
    other = os.open(tmp_path / "other", os.O_WRONLY | os.O_CREAT)
    os.dup2(other, number)
    child = os.fork()
    if not child:
        try:
            os.fstat(number)
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    for handle in {other, number}:
        os.close(handle)


@pytest.mark.parametrize("kind", ["link", "file", "foreign"])
def test_a_folder_that_is_not_ours_is_refused_in_one_line(tmp_path, monkeypatch, kind):
    folder = tmp_path / "leases"
    if kind == "link":
        folder.symlink_to(tmp_path)
    elif kind == "file":
        folder.write_text("")
    else:
        folder.mkdir()
        monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(InputError, match=r"leases: is not a folder of yours[^\n]*$"):
        take_lease(GPUS, 1, folder=folder)


def test_the_folder_is_for_this_user_alone(tmp_path):
    taken_at_once(tmp_path / "leases", 1)
    assert (tmp_path / "leases").stat().st_mode & 0o777 == 0o700


def test_the_folder_is_that_of_the_machine_whatever_tmpdir_says():
    assert str(gpu_lease.LEASE_FOLDER) == f"/tmp/repatlas-gpus-{os.getuid()}"


# How many, and whether.


def test_all_gpus_share_the_jobs_that_the_workflow_allows(monkeypatch):
    monkeypatch.delenv(GPU_JOBS_VARIABLE, raising=False)
    assert places_per_gpu(2) == JOBS_PER_GPU
    # What the workflow tells is forgotten after the test.
    monkeypatch.setenv(GPU_JOBS_VARIABLE, "1")
    share_gpus(8)
    assert [places_per_gpu(count) for count in (1, 2, 3)] == [8, 4, 3]


@pytest.mark.parametrize("given", ["0", "-1", "many", ""])
def test_an_impossible_number_of_jobs_is_told_in_one_line(monkeypatch, given):
    monkeypatch.setenv(GPU_JOBS_VARIABLE, given)
    with pytest.raises(InputError, match=f"^{GPU_JOBS_VARIABLE}='{given}': set it to a number"):
        places_per_gpu(1)


def test_slurm_gives_its_jobs_their_own_gpus(monkeypatch):
    monkeypatch.delenv(GPU_JOBS_VARIABLE, raising=False)
    monkeypatch.delenv(SCHEDULER_VARIABLE, raising=False)
    assert leases_apply()
    monkeypatch.setenv(SCHEDULER_VARIABLE, "17")
    assert not leases_apply()
    # A workflow that runs its own jobs within an allocation shares the GPUs of that.
    monkeypatch.setenv(GPU_JOBS_VARIABLE, "4")
    assert leases_apply()
