"""Errors that a user can mend, told in one line."""

import errno
import os
import sys
from collections.abc import Callable

SHOWN = 100
"""Characters that are shown of what a file says: it may hold anything."""


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
        message = _explain(error)
        if message is None:
            raise
        sys.exit(f"error: {message}")


def shown(text: str) -> str:
    """A text out of a file, fit to stand within one line."""
    plain = text if text.isprintable() else repr(text)
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}..."


def _explain(error: OSError) -> str | None:
    """One line for the faults of a disk that a user can mend; None for any other."""
    where = error.filename or "the output folder"
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"no space left on the disk of {where}: free some, then run the same command"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return (
                f"no permission for {where}: check its owner and mode (you are uid {os.getuid()})"
            )
        case errno.ENOENT:
            return f"{where} does not exist"
    return None
