"""Whether the values of a study are such as a study can have, before they are looked at closely.

They come from a file, or from Snakemake, which reads its ``--configfile`` itself and lets anything
pass: infinite numbers, texts with line ends, a list that holds itself. Each would end somewhere
else in a message that nobody understands, or in none.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from repatlas.config.messages import MOST_FAULTS, WHOLE, Path, dotted
from repatlas.naming import shown

MOST_VALUES = 100_000
"""Values of a study; the study of the paper has 1,600."""

DEEPEST = 30
"""Levels of lists and mappings in each other; studies have six."""

LONGEST_TEXT = 4096
"""Characters of a text, as of a path."""

LARGEST = 2**63 - 1
"""The largest whole number that files and seeds can hold."""


class _EnoughError(Exception):
    """There are more values than are looked at."""


def plain_faults(values: Mapping[Any, Any]) -> list[str]:
    """One line for each value that no study can have, at most twenty."""
    faults: list[str] = []
    try:
        for place, reason in _Walk().faults(values, ()):
            faults.append(f"{dotted(place)}: {reason}")
            if len(faults) == MOST_FAULTS:
                break
    except _EnoughError:
        faults.append(f"{WHOLE}: more than {MOST_VALUES:,} values, aliases unfolded; write fewer")
    return faults


class _Walk:
    """One way through a tree of values."""

    def __init__(self) -> None:
        self._seen = 0

    def faults(self, value: Any, place: Path) -> Iterator[tuple[Path, str]]:
        """Each fault with its place."""
        self._seen += 1
        if self._seen > MOST_VALUES:
            raise _EnoughError
        if len(place) > DEEPEST:
            yield place[:3], f"more than {DEEPEST} levels of lists and mappings; write fewer"
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                if not isinstance(key, str):
                    yield (*place, shown(key)), "a key must be text; quote it if it is meant so"
                else:
                    yield from _text_faults(key, (*place, key))
                    yield from self.faults(inner, (*place, key))
        elif isinstance(value, list | tuple):
            for number, inner in enumerate(value):
                yield from self.faults(inner, (*place, number))
        else:
            yield from _scalar_faults(value, place)


def _scalar_faults(value: Any, place: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield from _text_faults(value, place)
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            yield place, f"{shown(value)}: too large; allowed are whole numbers below 2^63"
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield place, f"{value}: not a finite number; write one"
    elif value is not None:
        kind = type(value).__name__
        yield place, f"{shown(value)}: a {kind} has no place in a study; write text or a number"


def _text_faults(text: str, place: Path) -> Iterator[tuple[Path, str]]:
    if len(text) > LONGEST_TEXT:
        yield place, f"{len(text):,} characters; allowed are {LONGEST_TEXT:,}"
    elif not text.isprintable():
        yield place, f"{shown(text)} has line ends or characters that cannot be printed; drop them"
