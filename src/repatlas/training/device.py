"""The device a job runs on, and the settings of its process."""

import os

import torch

from repatlas.errors import InputError
from repatlas.training.memory import keep_freed_memory


def resolve_device(name: str) -> torch.device:
    """The device that a name means: ``auto``, ``cpu``, ``cuda`` or ``cuda:1``.

    ``auto`` is the first GPU where there is one, else the CPU.

    Raises
    ------
    InputError
        Another name, or a GPU that is not there.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in ("cpu", "cuda"):
        raise InputError(f"device {name!r}: allowed are auto, cpu, cuda, cuda:0, cuda:1, ...")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise InputError(
            f"device {name!r}: PyTorch sees {torch.cuda.device_count()} GPUs here; give another "
            "number, or auto or cpu"
        )
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
