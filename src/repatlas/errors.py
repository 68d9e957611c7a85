"""Errors that a user can mend, told in one line."""

import errno
import os
import sys
from collections.abc import Callable


class InputError(ValueError):
    """Something the user gave is wrong: the message says in one line what, where, what to do."""


def run_command(main: Callable[[], None]) -> None:
    """Run a script's ``main``; a user's mistake ends in one line and exit status 1.

    Programming errors keep their traceback: they are ours to mend, and the traceback is the way
    to them.
    """
    try:
        main()
    except InputError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        message = disk_fault(error)
        if message is None:
            raise
        sys.exit(f"error: {message}")


def disk_fault(error: OSError) -> str | None:
    """One line for the faults of a disk that a user can mend; None for any other."""
    where = error.filename or "the output folder"
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"no space left on the disk of {where}: free some, then run the same command"
        case errno.EFBIG:
            return f"{where} grows beyond the limit on file sizes: raise it (`ulimit -f`)"
        case errno.EROFS:
            return f"{where} lies on a disk that can only be read: mount it for writing"
        case errno.EACCES | errno.EPERM:
            return (
                f"no permission for {where}: check its owner and mode (you are uid {os.getuid()})"
            )
        case errno.ENOENT:
            return f"{where} does not exist"
    return None
