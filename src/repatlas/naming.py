"""Names that do not exist, and the nearest that do."""

import difflib
from collections.abc import Collection, Iterable
from itertools import islice
from reprlib import Repr
from typing import Any

MOST_LISTED = 40
"""Names that a message lists."""

LONGEST_COMPARED = 100
"""Characters of a name that are compared with others."""

LONGEST_EXCERPT = 100
"""Characters that are shown of what a file says."""

_SHORT = Repr()
_SHORT.maxlevel = 3


def shortened(text: str, width: int = 60) -> str:
    """The text, or its beginning where it is longer."""
    return text if len(text) <= width else text[: width - 3] + "..."


def printable(text: str) -> str:
    """The text on one line: what cannot be printed becomes an escape."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def excerpt(text: str) -> str:
    """A text out of a file, fit to stand within one line: it may hold anything."""
    return shortened(printable(text), LONGEST_EXCERPT)


def shown(value: Any) -> str:
    """A value in a message: on one line, and short however much the value holds."""
    if isinstance(value, int) and value.bit_length() > 200:
        return f"a whole number of {value.bit_length()} bits"
    if isinstance(value, str):
        return shortened(repr(value[:LONGEST_COMPARED]))
    return shortened(_SHORT.repr(value))


def nearest(name: object, known: Iterable[object]) -> str | None:
    """The known name most like ``name``: by spelling, or by value where both are numbers."""
    candidates = list(known)
    numbers = [value for value in candidates if isinstance(value, int)]
    if isinstance(name, int) and numbers:
        return str(min(numbers, key=lambda value: abs(value - name)))
    text, known_texts = str(name)[:LONGEST_COMPARED], [str(value) for value in candidates]
    found = difflib.get_close_matches(text, known_texts, 1, 0.5)
    return found[0] if found else None


def advice(name: object, known: Collection[object]) -> str:
    """What may stand there instead: the nearest name first, then all of them."""
    near = nearest(name, known)
    hint = f"did you mean {near!r}? " if near is not None else ""
    listed = ", ".join(map(str, islice(known, MOST_LISTED)))
    more = len(known) - MOST_LISTED
    return f"{hint}allowed: {listed}" + (f" and {more} more" if more > 0 else "")


def missing_name(where: str, name: object, known: Collection[object]) -> None:
    """Refuse a name that is not among the known ones.

    Raises
    ------
    ValueError
        One line: the key, the value, the nearest right name, and what is allowed.
    """
    if name not in known:
        raise ValueError(f"{where}: there is no {shown(name)}; {advice(name, known)}")
