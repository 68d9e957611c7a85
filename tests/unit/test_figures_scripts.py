"""The figure scripts: what they write, say and import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from figure_experiments import experiments
from figure_files import LARGE, SMALL, records, removal_study, study
from planted_noise import write_noise

ROOT = Path(__file__).parents[2]
HEAVY = {"torch", "torchvision", "scipy", "sklearn", "seaborn", "skimage", "matplotlib.pyplot"}
NEEDING = {"shares", "accuracies", "accuracy", "modes", "regressions", "statistics"}
"""Figures that need seaborn, scipy or scikit-learn, and load it for themselves alone."""
SCRIPTS = sorted(
    path.stem
    for path in (ROOT / "scripts").glob("plot_*.py")
    if not path.stem.startswith(("plot_unit_", "plot_universality_"))
)
"""Those of figures on units and on universality are tried in files of their own."""


def run(script, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(ROOT / "scripts" / f"{script}.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_nothing_heavy_is_imported():
    files = (ROOT / "src/repatlas/figures").glob("*.py")
    names = {path.stem for path in files} - NEEDING
    names |= {f"noise.{path.stem}" for path in (ROOT / "src/repatlas/figures/noise").glob("*.py")}
    modules = [f"repatlas.figures.{name}" for name in names]
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert not HEAVY & set(done.stdout.split())


SMALL_0, LARGE_0 = {"depth": SMALL, "seed": 0}, {"depth": LARGE, "seed": 0}
BOTH = {"cells": [SMALL_0, LARGE_0]}
PAIR = {"first": LARGE_0, "second": {"depth": LARGE, "seed": 1}}
SEEDS = [LARGE_0, PAIR["second"]]
REMOVAL = [{"title": "all"}, {"title": "random 10 % removed", "control": True}]
CASES = {
    "plot_emergence": (("similarity",), {"rows": [{"title": "deeper", **BOTH}]}),
    "plot_share": (("similarity",), {**BOTH, "layers": "relu"}),
    "plot_shares": (("similarity",), BOTH),
    "plot_seeds": (("similarity",), {"rows": [PAIR]}),
    "plot_components": (("similarity",), {**BOTH, "layers": "block_output"}),
    "plot_projections": (("similarity", "stores", "data"), {"cells": [LARGE_0]}),
    "plot_dynamics": (("trajectory", "data"), {"cell": LARGE_0}),
    "plot_tracking": (("trajectory", "data"), BOTH),
    "plot_steps": (("trajectory",), BOTH),
    "plot_synthetic": (("synthetic",), BOTH),
    "plot_colors": (("synthetic",), BOTH),
    "plot_linear_probes": (("similarity", "linear_probes"), BOTH),
    "plot_deletion": (("similarity", "deletion"), BOTH),
    "plot_ablation": (("similarity", "stores", "ablation"), BOTH),
    "plot_norms": (("similarity", "stores", "data"), BOTH),
    "plot_triangle": (("similarity",), {"conditions": [{"title": "standard", "cells": SEEDS}]}),
    "plot_accuracy": (
        ("similarity",),
        {"groups": [{"title": "RN-26", "conditions": [{"title": "standard", "cells": SEEDS}]}]},
    ),
    "plot_outliers": (("outliers",), {"cells": [{}]}),
    "plot_modes": (
        ("similarity", "stores", "trajectory"),
        {**BOTH, "trajectories": [LARGE_0]},
    ),
    "plot_statistics": (("similarity", "stores", "data"), {**BOTH, "draws": 2}),
    "plot_retraining": (
        ("similarity", "stores", "data"),
        {"conditions": [{"title": title, "cells": SEEDS} for title in ("standard", "removed")]},
    ),
    "plot_orders": (("similarity", "stores"), {"cells": SEEDS}),
    "plot_noise_theory": (("simulation",), {}),
    "plot_noise_snr": (("simulation",), {"ratios": [0.5, 2]}),
    "plot_noise_generalisation": (("simulation", "ensembles"), {}),
    "plot_noise_pitfalls": (("simulation",), {}),
    "plot_noise_networks": (("ensembles",), {"snrs": [1]}),
}
"""Input files and layout by script."""


def removal_cases():
    """Figures of networks on several probe sets."""
    whole, _, _, random, _ = (
        json.loads(spec.model_dump_json()) for spec in removal_study()["probes"]
    )
    probes = [{**part, "probe": spec} for part, spec in zip(REMOVAL, (whole, random), strict=True)]
    rows = {"rows": [{"title": "all", "cell": {"probe": whole}}]}
    return {
        "plot_removal": (
            ("similarity", "stores", "data"),
            {"cells": [{"seed": 0}], "probes": probes},
        ),
        "plot_kernels": (("measures",), rows),
        "plot_measures": (("measures",), rows),
    }


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    """Records of learners of noisy labels, by option."""
    files = write_noise(tmp_path_factory.mktemp("noise"), "holding")
    return {"simulation": files.simulation, "ensembles": list(files.ensembles.values())}


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_writes_its_figure(script, tmp_path, monkeypatch, noise):
    of_removal = removal_cases()
    inputs, layout = (CASES | of_removal)[script]
    of_networks = removal_study() if script in of_removal else study()
    held = {**experiments(), **of_networks, **records(), **noise}
    arguments = ["--layout", json.dumps(layout), "--output", tmp_path / "fig0_name"]
    for name in inputs:
        files = held[name] if isinstance(held[name], list) else [held[name]]
        arguments += [f"--{name}", *files]
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
