from pathlib import Path

import pytest

from repatlas.workflow import sources
from repatlas.workflow.sources import closure, code_hash

ROOT = Path(__file__).parents[2]


@pytest.fixture
def package(tmp_path):
    """A package in which ``one`` imports ``two`` inside a function, and ``three`` stands alone."""
    folder = tmp_path / "pack"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "inner" / "__init__.py").write_text("VALUE = 1\n")
    (folder / "one.py").write_text("def f():\n    from pack.inner import two\n    return two.g()\n")
    (folder / "inner" / "two.py").write_text('def g():\n    """Say so."""\n    return 1\n')
    (folder / "three.py").write_text("X = 1\n")
    (tmp_path / "script.py").write_text("import numpy\nfrom pack.one import f\nf()\n")
    return folder


@pytest.fixture(autouse=True)
def memory(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MEMORY", tmp_path / "notes" / "code.json")
    sources._memory.cache_clear()
    yield sources.MEMORY
    sources._memory.cache_clear()


def fresh_hash(package) -> str:
    for cached in (sources._facts, sources._imported_files, sources._files_of, sources._memory):
        cached.cache_clear()
    return code_hash(package.parent / "script.py", package)


def test_closure_follows_imports_within_functions_and_packages(package):
    names = [
        path.relative_to(package).as_posix()
        for path in closure(package.parent / "script.py", package)
    ]
    assert names == ["__init__.py", "inner/__init__.py", "inner/two.py", "one.py"]


@pytest.mark.parametrize("name", ["one.py", "inner/two.py", "inner/__init__.py", "../script.py"])
def test_hash_changes_with_code_that_the_script_reaches(package, name):
    before = fresh_hash(package)
    path = package / name
    path.write_text(path.read_text() + "Y = 2\n")
    assert fresh_hash(package) != before


def test_hash_ignores_other_modules_comments_and_docstrings(package):
    before = fresh_hash(package)
    (package / "three.py").write_text("X = 2\n")
    (package / "inner" / "two.py").write_text(
        '# why\ndef g():\n    """Otherwise."""\n    return 1\n'
    )
    assert fresh_hash(package) == before


def test_hash_does_not_depend_on_where_the_checkout_lies(package, tmp_path_factory):
    before = fresh_hash(package)
    moved = tmp_path_factory.mktemp("elsewhere") / "checkout"
    package.parent.rename(moved)
    assert fresh_hash(moved / "pack") == before


def test_what_is_remembered_changes_no_hash_and_edits_are_seen(package, memory):
    before = fresh_hash(package)
    sources.remember()
    assert memory.is_file()
    assert fresh_hash(package) == before
    path = package / "one.py"
    path.write_text(path.read_text() + "Y = 2\n")
    assert fresh_hash(package) != before


def test_a_damaged_memory_is_forgotten(package, memory):
    before = fresh_hash(package)
    memory.parent.mkdir()
    memory.write_text("{not json")
    assert fresh_hash(package) == before


@pytest.mark.parametrize("script", ["train.py", "extract.py"])
def test_training_does_not_reach_the_analysis(script):
    reached = {
        path.relative_to(ROOT / "src" / "repatlas").parts[0]
        for path in closure(ROOT / "scripts" / script)
    }
    assert not reached & {"similarity", "claims", "figures", "config", "workflow", "runs.py"}


@pytest.mark.parametrize(
    "script",
    [
        *sorted(path.name for path in (ROOT / "scripts").glob("plot_*.py")),
        "compare.py",
        "judge_claims.py",
    ],
)
def test_analysis_never_reaches_torch(script):
    for path in [ROOT / "scripts" / script, *closure(ROOT / "scripts" / script)]:
        imported = {name.split(".")[0] for name in sources._facts(path).imports}
        assert "torch" not in imported, path
