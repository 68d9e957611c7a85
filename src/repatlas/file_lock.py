"""A lock on an open file, which the end of its process lets go, however it ends."""

import fcntl
from typing import IO, Any


def try_lock(file: IO[Any]) -> bool:
    """Lock a file for this process; False if another holds it.

    Where the disk has no locks, nobody holds one.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
