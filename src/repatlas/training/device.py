"""The device a job runs on, and the settings of its process."""

import functools
import os
import re

import torch

from repatlas.errors import InputError
from repatlas.gpu_lease import leases_apply, places_per_gpu, take_lease
from repatlas.training.memory import keep_freed_memory

AUTO = re.compile(r"auto(:(?P<places>[1-9]\d*))?")
"""Any device, with the places that the job takes on a GPU."""


def resolve_device(name: str) -> torch.device:
    """The device that a name means: ``auto``, ``auto:2``, ``cpu``, ``cuda`` or ``cuda:1``.

    ``auto`` is a GPU where there is one, else the CPU. Jobs that share the GPUs of a machine agree
    on who takes which: a job takes a place on one of them until it ends, and waits where all are
    taken (`repatlas.gpu_lease`). ``auto:2`` takes two places of one GPU. Who names a GPU takes it.

    Raises
    ------
    InputError
        Another name, or a GPU that is not there.
    """
    if found := AUTO.fullmatch(name):
        if not torch.cuda.is_available():
            return torch.device("cpu")
        return _leased_gpu(int(found["places"] or 1)) if leases_apply() else torch.device("cuda")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in ("cpu", "cuda"):
        raise InputError(f"device {name!r}: allowed are auto, auto:2, cpu, cuda, cuda:0, ...")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise InputError(
            f"device {name!r}: PyTorch sees {torch.cuda.device_count()} GPUs here; give another "
            "number, or auto or cpu"
        )
    return device


@functools.cache
def _leased_gpu(places: int) -> torch.device:
    """A GPU on which this process has places from now on; the same whenever it is asked for."""
    count = torch.cuda.device_count()
    names = [str(torch.cuda.get_device_properties(number).uuid) for number in range(count)]
    lease = take_lease(names, places_per_gpu(count), places)
    device = torch.device("cuda", lease.device)
    # Whatever names no device then goes to the same one.
    torch.cuda.set_device(device)
    return device


def configure_process(device: torch.device, threads: int) -> None:
    """Fix the threads of this process, its use of memory and, on a GPU, deterministic kernels.

    Operations without a deterministic kernel warn and run all the same.

    Raises
    ------
    InputError
        No thread.
    """
    if threads < 1:
        raise InputError(f"threads {threads}: at least 1")
    torch.set_num_threads(threads)
    keep_freed_memory()
    if device.type == "cuda":
        # cuBLAS reads this when it starts, and without it its results vary from run to run.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)
        # Else every new tensor is filled with NaN first: a help in debugging that costs time.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


def device_name(device: torch.device) -> str:
    """What the device is, for the record of a run."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"cpu ({torch.backends.cpu.get_cpu_capability()})"
