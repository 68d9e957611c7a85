import platform
import resource
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from repatlas.errors import InputError
from repatlas.gpu_lease import GPU_JOBS_VARIABLE, SCHEDULER_VARIABLE, take_lease
from repatlas.training import device
from repatlas.training.device import configure_process, resolve_device
from repatlas.training.memory import keep_freed_memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
def test_freed_memory_comes_back_without_page_faults() -> None:
    assert keep_freed_memory()
    pages = 16 * 2**20 // resource.getpagesize()

    def faults_of_an_array() -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        np.ones(pages * resource.getpagesize(), np.uint8)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    faults_of_an_array()
    assert max(faults_of_an_array() for _ in range(4)) < pages / 10


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    assert not keep_freed_memory()


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "mps", "", "auto:0", "auto:", "auto:x"])
def test_a_device_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"device '{name}'"):
        resolve_device(name)


def test_auto_is_a_gpu_where_there_is_one() -> None:
    assert resolve_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_a_job_has_the_threads_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    monkeypatch.setattr(torch, "set_num_threads", given.append)

    configure_process(torch.device("cpu"), 3)

    assert given == [3]
    with pytest.raises(InputError, match="threads 0"):
        configure_process(torch.device("cpu"), 0)


# GPUs that are not there, as PyTorch would show them.


class Machine:
    """GPUs by name; `show` makes PyTorch see some of them in an order, in a fresh process."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.patch, self.chosen = folder, monkeypatch, []
        monkeypatch.delenv(GPU_JOBS_VARIABLE, raising=False)
        monkeypatch.delenv(SCHEDULER_VARIABLE, raising=False)
        monkeypatch.setattr(torch.cuda, "set_device", self.chosen.append)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        monkeypatch.setattr(device, "take_lease", self.take)

    def show(self, *names):
        def properties(number):
            return SimpleNamespace(uuid=names[number])

        device._leased_gpu.cache_clear()
        self.patch.setattr(torch.cuda, "device_count", lambda: len(names))
        self.patch.setattr(torch.cuda, "get_device_properties", properties)

    def take(self, names, places, wanted):
        return take_lease(names, places, wanted, self.folder, self.refuse)

    def refuse(self):
        raise AssertionError("no place is free")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    yield Machine(tmp_path / "leases", monkeypatch)
    device._leased_gpu.cache_clear()


def test_auto_takes_the_gpu_with_most_places_free_and_keeps_it(machine):
    machine.show("a", "b")
    assert resolve_device("auto") == torch.device("cuda", 0)
    assert resolve_device("auto") == torch.device("cuda", 0)
    machine.show("a", "b")
    assert resolve_device("auto") == torch.device("cuda", 1)
    assert machine.chosen == [torch.device("cuda", 0), torch.device("cuda", 1)]


def test_a_gpu_is_the_same_whatever_number_it_is_shown_with(machine, monkeypatch):
    monkeypatch.setenv(GPU_JOBS_VARIABLE, "1")
    machine.show("a", "b")
    assert resolve_device("auto") == torch.device("cuda", 0)
    machine.show("b", "a")
    assert resolve_device("auto") == torch.device("cuda", 0)
    machine.show("a")
    with pytest.raises(AssertionError, match="no place is free"):
        resolve_device("auto")


def test_a_large_job_takes_several_places(machine, monkeypatch):
    monkeypatch.setenv(GPU_JOBS_VARIABLE, "4")
    machine.show("a", "b")
    assert resolve_device("auto:2") == torch.device("cuda", 0)
    machine.show("a", "b")
    assert resolve_device("auto") == torch.device("cuda", 1)
    machine.show("a", "b")
    with pytest.raises(AssertionError, match="no place is free"):
        resolve_device("auto:2")


def test_who_names_a_gpu_and_jobs_of_slurm_take_no_lease(machine, monkeypatch):
    machine.show("a", "b")
    assert resolve_device("cuda:1") == torch.device("cuda", 1)
    monkeypatch.setenv(SCHEDULER_VARIABLE, "17")
    assert resolve_device("auto:2") == torch.device("cuda")
    assert not machine.folder.exists()


def test_without_a_gpu_auto_is_the_cpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto") == resolve_device("auto:2") == torch.device("cpu")
