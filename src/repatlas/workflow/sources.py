"""A hash of the code that a step runs, so that an edit re-runs that step and no other.

Snakemake sees the command of a rule but not the modules behind it. The hash here covers a script
and everything of this package that it imports, directly or not, and is given to the rule as a
parameter. It is taken over the syntax tree without docstrings: comments, layout and documentation
change nothing that a step computes, so editing them re-runs nothing.
"""

import ast
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

PACKAGE_FOLDER = Path(__file__).parents[1]


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
    digest = hashlib.sha256(_normalised(script).encode())
    for module in closure(script, package_folder):
        digest.update(str(module.relative_to(package_folder)).encode())
        digest.update(_normalised(module).encode())
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


def _imported_files(file: Path, package_folder: Path) -> Iterator[Path]:
    """Package files that one file imports, with the ``__init__.py`` of every folder on the way."""
    for name in _imported_names(file):
        parts = name.split(".")
        if parts[0] != package_folder.name:
            continue
        for end in range(1, len(parts) + 1):
            place = package_folder.joinpath(*parts[1:end])
            for candidate in (place / "__init__.py", place.with_suffix(".py")):
                if candidate.is_file():
                    yield candidate


@functools.cache
def _imported_names(file: Path) -> tuple[str, ...]:
    names = []
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # "from a.b import c": c may be a module or a name in b; both readings are followed.
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(names)


@functools.cache
def _normalised(file: Path) -> str:
    tree = ast.parse(file.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not _is_bare_string(part)] or [ast.Pass()]
    return ast.dump(tree)


def _is_bare_string(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@functools.cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_bytes(), filename=str(file))
