import platform
import resource
import sys

import numpy as np
import pytest
import torch

from repatlas.errors import InputError
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


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "mps", ""])
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
