"""Reading YAML from people: what says something else than it seems to is refused, not guessed.

PyYAML keeps the last of two equal keys, builds objects that tags name, reads 010 as 8 and 1:30 as
90, and unfolds aliases and merged keys without a limit. None of that has a use in a study.
"""

import json
import re
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from repatlas.errors import InputError
from repatlas.naming import printable, shortened, shown

LARGEST_FILE = 10_000_000
"""Bytes of a study's file in JSON, as resolved ones are."""

LARGEST_YAML = 500_000
"""Characters of a study in YAML, which takes longer to read; that of the paper has 18,000."""

DEEPEST = 30
"""Levels of lists and mappings in each other; studies have six."""

MOST_KEYS = 10_000
"""Keys of one mapping, merged ones included."""

MISREAD_NUMBER = re.compile(r"[-+]?0[0-7_]+|.*:.*")
"""Numbers that YAML 1.1 reads to base 8 or 60."""


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a mapping from a YAML (or JSON) file.

    Raises
    ------
    InputError
        One line: no such file, not to be read, too large, not YAML, not a mapping; tags, equal
        keys, or numbers to base 8 or 60.
    """
    values = _parsed(path, _text(path))
    if not isinstance(values, dict):
        raise InputError(f"{path}: holds {type(values).__name__}, expected keys with values")
    return values


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; name an existing one") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name a text file") from None
    if len(data) > LARGEST_FILE:
        raise _too_large(path, LARGEST_FILE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + data[: error.start].count(b"\n")
        raise InputError(
            f"{path}: not UTF-8 text (byte 0x{data[error.start]:02x} in line {line}); save it as "
            "UTF-8"
        ) from None


def _parsed(path: Path, text: str) -> Any:
    try:
        # JSON is a part of YAML but for its tabs, which YAML refuses.
        if text.lstrip().startswith("{"):
            with suppress(json.JSONDecodeError, RecursionError):
                return json.loads(text, object_pairs_hook=_object)
        if len(text) > LARGEST_YAML:
            raise _too_large(path, LARGEST_YAML)
        return yaml.load(text, Loader=_Loader)
    except InputError:
        raise
    # Escapes such as "\UFFFFFFFF" fail in PyYAML itself.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        told = " ".join(str(error).split()).replace(' in "<unicode string>",', "")
        raise InputError(f"{path}: not YAML: {shortened(printable(told), 400)}") from None


def _too_large(path: Path, most: int) -> InputError:
    return InputError(
        f"{path}: has more than {most:,} bytes, more than a study needs; is it the right file?"
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise yaml.YAMLError(f"the key {shown(twice)} is written twice: keep one")
    return found


class _Loader(yaml.SafeLoader):
    """Reads plain values alone, and every key once."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0
        self._merged: set[int] = set()

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Read one value, unless it lies too deep or has a tag."""
        event: Any = self.peek_event()
        if getattr(event, "tag", None) is not None:
            raise _fault(f"tags are not read: drop {event.tag!r}", event)
        if self._depth == DEEPEST:
            raise _fault(f"more than {DEEPEST} levels of lists and mappings", event)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put the merged keys (``<<``) among the others; each key may be written once."""
        if id(node) in self._merged:
            return
        self._merged.add(id(node))
        _refuse_equal_keys(node)
        super().flatten_mapping(node)
        if len(node.value) > MOST_KEYS:
            raise _fault(f"more than {MOST_KEYS:,} keys merged into one mapping", node)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Read a whole number, unless it is not to base 10 and does not look it."""
        if MISREAD_NUMBER.fullmatch(node.value):
            raise _fault(
                f"{shortened(node.value)} would be read to base 8 or 60: write the number to base "
                "10, or quote the text",
                node,
            )
        try:
            return super().construct_yaml_int(node)
        except ValueError:
            raise _fault(f"{shortened(node.value)}: no number that can be read", node) from None


def _refuse_equal_keys(node: yaml.MappingNode) -> None:
    seen: set[Hashable] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _fault("a list or mapping cannot be a key", key)
        name = key.tag, key.value
        if name in seen and not key.tag.endswith(":merge"):
            raise _fault(f"the key {shortened(key.value)!r} is written twice: keep one", key)
        seen.add(name)


def _fault(problem: str, place: Any) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, place.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)
# A date is a text like any other: no value of a study is one.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
