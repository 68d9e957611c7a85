"""A hash of the code that a step runs, so that an edit re-runs that step and no other.

Snakemake sees the command of a rule but not the modules behind it. The hash here covers a script
and everything of this package that it imports, directly or not, and is given to the rule as a
parameter. It is taken over the syntax tree without docstrings: comments, layout and documentation
change nothing that a step computes, so editing them re-runs nothing.
"""

import ast
import functools
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from repatlas.files import atomic_file

PACKAGE_FOLDER = Path(__file__).parents[1]

MEMORY = Path(".snakemake", "repatlas-code.json")
"""In Snakemake's own folder of notes; safe to delete."""


def code_hash(script: Path, package_folder: Path = PACKAGE_FOLDER) -> str:
    """Hash over a script and its import closure within the package.

    Parameters
    ----------
    script
        The entry file of a step.
    package_folder
        Folder of the package itself (the one that holds its ``__init__.py``).

    Returns
    -------
    str
        Twelve hexadecimal digits; the same on every machine and for every copy of the files.
    """
    digest = hashlib.sha256(_facts(script).digest)
    for module in closure(script, package_folder):
        digest.update(str(module.relative_to(package_folder)).encode())
        digest.update(_facts(module).digest)
    return digest.hexdigest()[:12]


def closure(script: Path, package_folder: Path = PACKAGE_FOLDER) -> list[Path]:
    """Files of the package that a script reaches by imports, sorted."""
    found: set[Path] = set()
    waiting = [script]
    while waiting:
        for module in _imported_files(waiting.pop(), package_folder):
            if module not in found:
                found.add(module)
                waiting.append(module)
    return sorted(found)


@functools.cache
def _imported_files(file: Path, package_folder: Path) -> frozenset[Path]:
    """Package files that one file imports, with the ``__init__.py`` of every folder on the way."""
    return frozenset().union(*(_files_of(name, package_folder) for name in _facts(file).imports))


@functools.cache
def _files_of(name: str, package_folder: Path) -> frozenset[Path]:
    """Files behind a dotted name; what follows the module's own name is a name in it."""
    first, *parts = name.split(".")
    if first != package_folder.name:
        return frozenset()
    places = [package_folder.joinpath(*parts[:end]) for end in range(len(parts) + 1)]
    files = [file for place in places for file in (place / "__init__.py", place.with_suffix(".py"))]
    return frozenset(file for file in files if file.is_file())


@dataclass(frozen=True)
class _Facts:
    """What a source file imports, and a digest of all that it does."""

    imports: frozenset[str]
    digest: bytes


@functools.cache
def _facts(file: Path) -> _Facts:
    source = file.read_bytes()
    key = hashlib.sha256(sys.version.encode() + source).hexdigest()
    known = _memory().get(key)
    if known is None:
        facts = _read_facts(source, str(file))
        _memory()[key] = [facts.digest.hex(), *sorted(facts.imports)]
        return facts
    digest, *imports = known
    return _Facts(frozenset(imports), bytes.fromhex(digest))


def _read_facts(source: bytes, name: str) -> _Facts:
    tree = ast.parse(source, filename=name)
    imports: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # "from a.b import c": c may be a module or a name in b; both readings are followed.
            imports.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not _is_bare_string(part)] or [ast.Pass()]
    return _Facts(frozenset(imports), hashlib.sha256(ast.dump(tree).encode()).digest())


def _is_bare_string(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@functools.cache
def _memory() -> dict[str, list[str]]:
    """What is known of sources by their content, from earlier runs in this folder."""
    try:
        known = json.loads(MEMORY.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def remember() -> None:
    """Keep what was read of the sources, a third of a second less for the next start.

    The file is keyed by content, so it is never wrong, only incomplete; where it cannot be
    written, the next start reads the sources again.
    """
    text = json.dumps(_memory(), sort_keys=True)
    try:
        if not MEMORY.is_file() or MEMORY.read_text() != text:
            with atomic_file(MEMORY) as sibling:
                sibling.write_text(text)
    except OSError:
        return
