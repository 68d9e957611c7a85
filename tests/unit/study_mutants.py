"""Studies with faults: mutations of the shipped ones, in their values and in their text."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
STUDIES = (ROOT / "config.yaml", *sorted((ROOT / "workflow" / "studies").glob("*.yaml")))

Place = tuple[str | int, ...]

NAMES = (
    "", " ", ".", "..", "../up", "/etc/passwd", "a b", "a'b", 'a"b', "a;rm -rf x", "$(touch x)",
    "`id`", "{x}", "{wildcards.seed}", "{seed,.*}", "{", "}", "%s", "a\nb", "a\r\nb", "a\tb",
    "\x00",
    "\x1b[31mred", "\x7f", "\u2028", "\ufeffname", "\ud800", "ünïcode", "名前", "🧠", "Name",
    "-name",
    "--output", "a.b", "a-b", "a/b", "a\\b", "a~b", "a|b", "a*", "^a$", "(?!)", "<results>", "all",
    "final", "con", "null", "seeds", "widths", "x" * 65, "x" * 256, "x" * 100_000, "~", "&a", "*a",
    "probe-test", "epoch-0001", "step-00004", "epoch-9999", "block_outputs", "on", "1e-3", "1", "é",
)  # fmt: skip
"""Texts that are trouble in a path, a shell, a pattern, a message or a terminal."""

NUMBERS = (
    0, -0.0, -1, 1, 2, 3, 4, 7, 8, 14, 20, 62, 1.5, 0.5, 1.0, 1e-320, 1e308, -1e308, float("1e400"),
    float("inf"), float("-inf"), float("nan"), 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64,
    10**6, 10**9, 10**12, -(10**12), 10**400, 10**5000, 100_000, 65_536, 1000,
)  # fmt: skip

OTHERS = (
    None, True, False, [], {}, [[]], [None], [0], ["x"], [0, 0], [True], {"a": 1}, {1: 2},
    {None: 1},
    {True: {}}, {"": ""}, [1.5, float("nan")], b"bytes", list(range(2000)), list(range(200_000)),
    {f"n{number}": {} for number in range(1000)}, ["x" * 1000] * 1000,
)  # fmt: skip

TOKENS = (
    "&a", "*a", "*missing", "&a [*a]", "<<: *a", "<<: {a: 1}", "<<: 3",
    "!!python/object:os.system {}",
    "!!python/object/apply:os.system ['touch x']", "!!binary abc", "!!set {a}", "!!int x",
    "!!int ''",
    "!!float x", "!!bool x", "!!timestamp x", "!!omap [a]", "!local x", "!", "? a", "? [a]: b",
    "{a: 1}: b", "- a", "---", "...", "--- a\n--- b", "%YAML 9.9", "%TAG ! x", "\t", "\ta: 1",
    "\x00",
    "\x07", "\ufeff", "\u2028", "'", '"', "[", "]", "{", "}", "|", ">", "@", "`", "#", ":", ": :",
    "on", "off", "yes", "~", "010", "0o10", "0b", "0b_", "0x_", "0xffffffffffffffffffff", "1:30",
    "1_000",
    "190:20:30.15", "1e3", "1e400", ".inf", "-.inf", ".nan", "1" * 5000, "0x" + "f" * 5000,
    "2001-01-01", "2001-99-99", "2001-12-14t21:59:43.10-05:00", "2001-12-14 99:99:99", "=", "\\",
    '"\\ud800"', '"\\x00"', '"\\UFFFFFFFF"', '"a\\nb"', "study: again", "a: b: c",
)  # fmt: skip
"""Pieces of YAML that mean something else than what they look like, or nothing."""


def laughs(levels: int = 12, fold: int = 9) -> str:
    """A text of a few lines that stands for fold^levels values."""
    lines = ["laugh0: &l0 [ha]"]
    for level in range(1, levels):
        lines.append(f"laugh{level}: &l{level} [{', '.join([f'*l{level - 1}'] * fold)}]")
    return "\n".join(lines) + "\n"


def merges(levels: int = 10, fold: int = 9) -> str:
    """The same with keys that are merged into each other."""
    lines = ["merge0: &m0 {k: 1}"]
    for level in range(1, levels):
        lines.append(f"merge{level}: &m{level} {{<<: [{', '.join([f'*m{level - 1}'] * fold)}]}}")
    return "\n".join(lines) + "\n"


def nested(levels: int, opening: str = "[", closing: str = "]") -> str:
    """Lists or mappings in each other."""
    return f"deep: {opening * levels}0{closing * levels}\n"


APPENDED = (
    laughs(), merges(), nested(100), nested(1000), nested(100_000), nested(1000, "{a: ", "}"),
    "- " * 1000,
    "x: 1\n" * 2, "".join(f"k{number}: {number}\n" for number in range(20_000)), "x" * 2_000_000,
    "# long\n" * 300_000, "study: &s {a: *s}\n", "\n---\nstudy: second\n",
    "!!python/name:os.system\n",
)  # fmt: skip

ROOTS = (
    b"", b"\n", b"# nothing\n", b"null\n", b"3\n", b"text\n", b"- a\n- b\n", b"[]\n", b"{}\n",
    b"---\n---\n",
    b"\xff\xfes\x00t\x00", b"\xef\xbb\xbfstudy: mine\n", b"\x00", b"\xc3\x28", b"\x80",
    b"%!PS-Adobe\n",
    b"\x89PNG\r\n\x1a\n", b"{\"study\": \"mine\"}", b"{\"study\": NaN}", b"{\"a\": 1, \"a\": 2}",
    b"{\t\"study\": \"mine\"}",
    b"[" * 100_000, b"{\"a\":" * 100_000, "étude: ñ\n".encode("latin-1"),
    "study: mine\n".encode("utf-16"),
    b"study: mine\r\nscale: smoke\r\n", b"study: mine\rscale: smoke\r",
)  # fmt: skip


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _values(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(_text(path))
    return values


def places(values: Any, here: Place = ()) -> list[Place]:
    """Where every value of a tree stands, but for the tree itself."""
    entries: list[tuple[Any, Any]] = []
    if isinstance(values, dict):
        entries = list(values.items())
    elif isinstance(values, list):
        entries = list(enumerate(values[:20]))
    found = []
    for key, value in entries:
        found += [(*here, key), *places(value, (*here, key))]
    return found


def at(values: Any, place: Place) -> Any:
    """The value at a place."""
    for key in place:
        values = values[key]
    return values


def _put(values: Any, place: Place, value: Any, _: int = 0) -> None:
    at(values, place[:-1])[place[-1]] = value


def _delete(values: Any, place: Place, value: Any, _: int) -> None:
    del at(values, place[:-1])[place[-1]]


def _rename(values: Any, place: Place, value: Any, _: int) -> None:
    parent = at(values, place[:-1])
    if isinstance(parent, dict) and isinstance(value, str | int | float | None):
        parent[value] = parent.pop(place[-1])


def _double(values: Any, place: Place, value: Any, _: int) -> None:
    parent = at(values, place[:-1])
    if isinstance(parent, dict):
        parent[value if isinstance(value, str) else f"{place[-1]}s"] = at(values, place)
    else:
        parent.append(at(values, place))


def _move(values: Any, place: Place, value: Any, number: int) -> None:
    """The value of another place: a name of another kind, a section where another belongs."""
    found = places(values)
    _put(values, place, copy.deepcopy(at(values, found[number % len(found)])))


def _wrap(values: Any, place: Place, value: Any, _: int) -> None:
    deep = at(values, place)
    for _level in range(1000 if value is None else 3):
        deep = [deep]
    _put(values, place, deep)


def _add(values: Any, place: Place, value: Any, _: int) -> None:
    here = at(values, place)
    if isinstance(here, dict):
        here["added"] = value
    elif isinstance(here, list):
        here.append(value)
    else:
        _put(values, place, [here, value])


def _nudge(values: Any, place: Place, value: Any, number: int) -> None:
    """A value of the same kind: what a person would try."""
    old = at(values, place)
    if isinstance(old, bool):
        new: Any = not old
    elif isinstance(old, int | float):
        new = (old + 1, old * 2, old * 10, old / 2, old + 6, 1, 0.5, 1000)[number % 8]
    elif isinstance(old, str):
        alike = [
            text
            for other in places(values)
            if len(other) == len(place) and isinstance(text := at(values, other), str)
        ]
        new = alike[number % len(alike)]
    elif isinstance(old, list):
        new = (old[::-1], old[:1], old[1:], old + old, sorted(old, key=str), [])[number % 6]
    else:
        new = dict(list(old.items())[::-1]) if isinstance(old, dict) else old
    _put(values, place, new)


def _rename_everywhere(values: Any, place: Place, value: Any, number: int) -> None:
    """Another name for a part of the study, wherever it stands."""
    sections = [values.get(key) for key in ("data", "networks", "training", "probes", "grids")]
    names = [name for section in sections if isinstance(section, dict) for name in section]
    if names and isinstance(value, str):
        renamed = _renamed(values, names[number % len(names)], value)
        values.clear()
        values.update(renamed)


def _renamed(values: Any, old: Any, new: str) -> Any:
    if isinstance(values, dict):
        return {
            new if key == old else key: _renamed(value, old, new) for key, value in values.items()
        }
    if isinstance(values, list):
        return [_renamed(value, old, new) for value in values]
    return new if values == old and isinstance(values, str) else values


def _speak(values: Any, place: Place, value: Any, number: int) -> None:
    """An odd text where a study takes any."""
    text = value if isinstance(value, str) else NAMES[number % len(NAMES)]
    section = ("probes", "networks", "data", "convergent_learning", "universality")[number % 5]
    parts = values.get(section)
    if not isinstance(parts, dict) or not parts:
        return
    part = parts[list(parts)[number % len(parts)]]
    if section == "probes" and isinstance(part, dict):
        part["raw_layers"] = [text, "block_outputs"]
    elif section == "networks" and isinstance(part, dict):
        part |= {"weights": text} if number % 2 else {"import": text, "arguments": {text: text}}
    elif section == "data" and isinstance(part, dict):
        part |= {"source": "tree", "root": text}
    elif section == "convergent_learning":
        parts["units"] = {"layers": [text, "x"]}
    elif isinstance(context := parts.get("context"), dict):
        context["learners"] = {text: next(iter(context["learners"].values()))}


MILD = (_nudge, _nudge, _nudge, _rename_everywhere, _speak)
CHANGES = (_put, _put, _put, _put, _delete, _rename, _double, _move, _wrap, _add)
"""Most end in a fault; those of MILD often do not."""

odd_values = st.one_of(
    st.sampled_from(NAMES), st.sampled_from(NUMBERS), st.sampled_from(OTHERS), st.text(max_size=30)
)


@st.composite
def mutated_values(draw: st.DrawFn, studies: tuple[Path, ...] = STUDIES) -> dict[str, Any]:
    """The values of a shipped study with one to three of them changed."""
    values = copy.deepcopy(_values(draw(st.sampled_from(studies))))
    changes = draw(st.sampled_from([CHANGES, MILD, MILD]))
    for _ in range(draw(st.integers(1, 3))):
        found = places(values)
        if found:
            place = found[draw(st.integers(0, 10**6)) % len(found)]
            change, number = draw(st.sampled_from(changes)), draw(st.integers(0, 10**6))
            change(values, place, copy.deepcopy(draw(odd_values)), number)
    return values


@st.composite
def mutated_text(draw: st.DrawFn, studies: tuple[Path, ...] = STUDIES) -> bytes:
    """The text of a shipped study with pieces of it changed, or another file altogether."""
    kind = draw(
        st.sampled_from(["token", "token", "token", "line", "cut", "bytes", "append", "root"])
    )
    if kind == "root":
        return draw(st.sampled_from(ROOTS))
    text = _text(draw(st.sampled_from(studies)))
    position = draw(st.integers(0, 10**6)) % len(text)
    if kind == "append":
        return (text + draw(st.sampled_from(APPENDED))).encode("utf-8", "surrogatepass")
    if kind == "cut":
        return text.encode()[:position]
    if kind == "bytes":
        data = text.encode()
        return data[:position] + draw(st.binary(min_size=1, max_size=4)) + data[position:]
    lines = text.splitlines()
    number = position % len(lines)
    token = draw(st.sampled_from(TOKENS))
    if kind == "line":
        lines.insert(number, draw(st.sampled_from([lines[number], token, f"  {token}"])))
    else:
        key, colon, _ = lines[number].partition(":")
        lines[number] = f"{key}{colon} {token}"
    return "\n".join(lines).encode("utf-8", "surrogatepass")
