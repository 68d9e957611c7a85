"""The scripts of figures on followed networks: what they read, write, say and import."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from planted_dynamics import fits, trajectories, xor

from repatlas.errors import InputError
from repatlas.figures.universality.options import FITS, ONE_FIT, TRAJECTORIES
from repatlas.setting_records import write_setting_record

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "scripts").glob("plot_universality_*.py"))
HEAVY = {"torch", "torchvision", "scipy", "sklearn", "seaborn", "skimage", "matplotlib.pyplot"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folders = {name: tmp_path_factory.mktemp(name) for name in ("trajectories", "fits")}
    followed = trajectories(replicas=2, times=21)
    write_setting_record(followed, folders["trajectories"] / "narrow_net.h5")
    write_setting_record(fits(followed), folders["fits"] / "narrow_net.h5")
    return {name: folder / "narrow_net.h5" for name, folder in folders.items()}


def run(script, monkeypatch, *arguments):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    monkeypatch.setattr(sys, "argv", [script, *map(str, arguments)])
    __import__(script).main()


def test_every_figure_has_a_script_that_draws_it():
    modules = {path.stem for path in (ROOT / "src/repatlas/figures/universality").glob("*.py")}
    for script in SCRIPTS:
        kind = script.removeprefix("plot_universality_")
        assert kind in modules
        called = ast.dump(ast.parse((ROOT / "scripts" / f"{script}.py").read_text()))
        assert f"draw_{kind}" in called
    assert len(SCRIPTS) == 15


def test_script_writes_its_figure_named_by_the_file(files, tmp_path, monkeypatch):
    given = ["--trajectories", files["trajectories"], "--fits", files["fits"], "--layout", "{}"]
    run("plot_universality_losses", monkeypatch, *given, "--output", tmp_path / "figure")
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {f"figure.{suffix}" for suffix in ("png", "svg", "pdf", "csv")}
    assert "narrow net" in (tmp_path / "figure.csv").read_text()


def test_shallow_networks_are_named_by_their_files(tmp_path, monkeypatch):
    paths = [tmp_path / f"{name}.h5" for name in ("relu", "leaky_relu")]
    for path in paths:
        write_setting_record(xor(settings=("rich", "shallow")), path)
    given = ["--pairs", *paths, "--layout", "{}", "--output", tmp_path / "figure"]
    run("plot_universality_shallow", monkeypatch, *given)
    assert "leaky relu" in (tmp_path / "figure.csv").read_text()


def test_fault_of_the_user_ends_in_one_line(files, tmp_path, monkeypatch):
    given = ["--fits", files["trajectories"], "--layout", "{}", "--output", tmp_path / "figure"]
    with pytest.raises(SystemExit) as stopped:
        run("plot_universality_layers", monkeypatch, *given)
    assert "narrow_net.h5" in stopped.value.code
    assert "\n" not in stopped.value.code
    assert not list(tmp_path.iterdir())


def test_files_need_names_of_their_own(files):
    path = files["trajectories"]
    with pytest.raises(InputError, match="--trajectories: two files are named narrow_net"):
        TRAJECTORIES.open([path, path])
    assert list(FITS.open([files["fits"]])) == ["narrow_net"]
    with pytest.raises(InputError, match="--fits takes one file, not 2"):
        ONE_FIT.open([files["fits"]] * 2)


def test_figures_import_nothing_heavy():
    kinds = [script.removeprefix("plot_universality_") for script in SCRIPTS]
    modules = ", ".join(f"repatlas.figures.universality.{kind}" for kind in kinds)
    code = f"import sys, repatlas.figures.command, {modules}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert not HEAVY & set(done.stdout.split())
