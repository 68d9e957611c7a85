"""Keeping freed memory for the next training step instead of handing it back to the system."""

import ctypes
import sys

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
LARGEST_MMAP_THRESHOLD = 32 * 2**20
"""glibc refuses a larger one."""


def keep_freed_memory() -> bool:
    """Let this process reuse freed memory; False where the C library has no such setting.

    By default glibc returns the activations of a step to the kernel at its end, and the next step
    gets them back page by page, each zeroed again: thousands of page faults, 5 to 10 % of the time
    of a step of a small network. Peak memory hardly changes.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(
        mallopt(M_MMAP_THRESHOLD, LARGEST_MMAP_THRESHOLD) and mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
    )
