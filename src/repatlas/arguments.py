"""Arguments of scripts that may be longer than a command line takes."""

import sys


def whole_text(argument: str) -> str:
    """The argument itself, or standard input where it is ``-``.

    Linux starts no program with an argument of 128 KiB or more; what a rule tells of hundreds of
    networks is longer.
    """
    return sys.stdin.read() if argument == "-" else argument
