"""The figure scripts: what they write, say and import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from figure_files import LARGE, SMALL, study

ROOT = Path(__file__).parents[2]
HEAVY = {"torch", "torchvision", "scipy", "sklearn", "seaborn", "skimage", "matplotlib.pyplot"}
WITH_SEABORN = {"shares"}
SCRIPTS = sorted(path.stem for path in (ROOT / "scripts").glob("plot_*.py"))


def run(script, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(ROOT / "scripts" / f"{script}.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_nothing_heavy_is_imported():
    files = (ROOT / "src/repatlas/figures").glob("*.py")
    names = {path.stem for path in files} - WITH_SEABORN
    modules = [f"repatlas.figures.{name}" for name in names]
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_writes_its_figure(script, tmp_path, monkeypatch):
    small, large = {"depth": SMALL, "seed": 0}, {"depth": LARGE, "seed": 0}
    layouts = {
        "plot_emergence": {"rows": [{"title": "deeper", "cells": [small, large]}]},
        "plot_share": {"cells": [small, large], "layers": "relu"},
        "plot_shares": {"cells": [small, large]},
        "plot_seeds": {"rows": [{"first": large, "second": {"depth": LARGE, "seed": 1}}]},
        "plot_components": {"cells": [small, large], "layers": "block_output"},
        "plot_projections": {"cells": [large]},
    }
    arguments = ["--similarity", *study()["similarity"], "--layout", json.dumps(layouts[script])]
    if script == "plot_projections":
        arguments += ["--stores", *study()["stores"], "--data", study()["data"]]
    arguments += ["--output", tmp_path / "fig0_name"]
    monkeypatch.syspath_prepend(ROOT / "scripts")
    monkeypatch.setattr(sys, "argv", [script, *map(str, arguments)])
    __import__(script).main()
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {f"fig0_name.{suffix}" for suffix in ("png", "svg", "pdf", "csv")}


def test_fault_of_the_user_ends_in_one_line(tmp_path):
    arguments = ["--similarity", study()["similarity"][0], "--output", tmp_path / "figure"]
    done = run("plot_share", *arguments, "--layout", '{"cells": [{"depth": 164}]}')
    assert done.returncode == 1
    assert done.stderr.startswith("error: --layout: depth 164 is in none")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
