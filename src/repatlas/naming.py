"""Names that do not exist, and the nearest that do."""

import difflib
from collections.abc import Collection, Iterable


def nearest(name: object, known: Iterable[object]) -> str | None:
    """The known name most like ``name``: by spelling, or by value where both are numbers."""
    candidates = list(known)
    numbers = [value for value in candidates if isinstance(value, int)]
    if isinstance(name, int) and numbers:
        return str(min(numbers, key=lambda value: abs(value - name)))
    found = difflib.get_close_matches(str(name), [str(value) for value in candidates], 1, 0.5)
    return found[0] if found else None


def advice(name: object, known: Collection[object]) -> str:
    """What may stand there instead: the nearest name first, then all of them."""
    near = nearest(name, known)
    hint = f"did you mean {near!r}? " if near is not None else ""
    return f"{hint}allowed: {', '.join(map(str, known))}"


def missing_name(where: str, name: object, known: Collection[object]) -> None:
    """Refuse a name that is not among the known ones.

    Raises
    ------
    ValueError
        One line: the key, the value, the nearest right name, and what is allowed.
    """
    if name not in known:
        raise ValueError(f"{where}: there is no {name!r}; {advice(name, known)}")
