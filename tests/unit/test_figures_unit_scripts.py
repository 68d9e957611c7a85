"""The scripts of figures on matched units: what they write, say and import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from figure_units import units

from repatlas.errors import InputError
from repatlas.figures.units.inputs import GATHERED, UNTRAINED

ROOT = Path(__file__).parents[2]
CASES = {
    "correlations": ("gathered", "matching"),
    "pairs": ("gathered", "matching", "data"),
    "matches": ("matching", "untrained"),
    "information": ("gathered", "matching", "data"),
    "activity": ("gathered", "data"),
    "spectra": ("gathered",),
}
"""Input files by figure."""
HEAVY = {"torch", "torchvision", "scipy", "sklearn", "seaborn", "skimage", "matplotlib.pyplot"}


def arguments(kind, output, layout="{}"):
    given = ["--layout", layout, "--output", str(output)]
    for name in CASES[kind]:
        given += [f"--{name}", str(units()[name])]
    return given


@pytest.mark.parametrize("kind", CASES)
def test_script_writes_its_figure(kind, tmp_path, monkeypatch):
    script = f"plot_unit_{kind}"
    monkeypatch.syspath_prepend(ROOT / "scripts")
    monkeypatch.setattr(sys, "argv", [script, *arguments(kind, tmp_path / "figure")])
    __import__(script).main()
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {f"figure.{suffix}" for suffix in ("png", "svg", "pdf", "csv")}


def test_fault_of_the_user_ends_in_one_line(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    layout = json.dumps({"layers": ["conv9"]})
    command = arguments("spectra", tmp_path / "figure", layout)
    monkeypatch.setattr(sys, "argv", ["plot_unit_spectra", *command])
    with pytest.raises(SystemExit) as stopped:
        __import__("plot_unit_spectra").main()
    message = stopped.value.code
    assert message == "error: --layout: there is no layer conv9; the files have conv1, conv2"
    assert not list(tmp_path.iterdir())


def test_figures_import_nothing_heavy():
    modules = ", ".join(f"repatlas.figures.units.{kind}" for kind in CASES)
    code = f"import sys, repatlas.figures.command, {modules}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert not HEAVY & set(done.stdout.split())


def test_one_group_is_drawn_at_a_time():
    path = units()["gathered"]
    with pytest.raises(InputError, match="--gathered takes one file, not 2"):
        GATHERED.open([path, path])


def test_untrained_networks_may_be_left_out():
    assert UNTRAINED.open([]) is None
