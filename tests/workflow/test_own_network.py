"""A user's own module with the user's own weights, through the whole pipeline without training."""

import subprocess

from conftest import TINY

MODULE = """
from torch import nn


def make_net(num_classes):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(8 * 36, num_classes)
    )
"""

WEIGHTS = """
import sys

import torch
from mynets import make_net
from safetensors.torch import save_file

torch.manual_seed(1)
save_file(make_net(CLASSES).state_dict(), sys.argv[1])
"""


def study() -> dict:
    grid = {"data": "photos", "network": "mine", "training": "as_is", "seeds": [0]}
    return TINY | {
        "networks": {"mine": {"import": "mynets:make_net", "weights": "mine.safetensors"}},
        "training": {"as_is": {"epochs": 0, "warmup_epochs": 0}},
        "grids": {"mine": grid},
        "block_structure": {"probe": "test", "emergence": {"mine": "mine"}},
    }


def prepare(checkout, classes: int) -> None:
    """Put a module and weights with a number of outputs into the checkout."""
    (checkout.folder / "mynets.py").write_text(MODULE)
    code = WEIGHTS.replace("CLASSES", str(classes))
    command = ["python", "-c", code, "mine.safetensors"]
    subprocess.run(command, cwd=checkout.folder, env=checkout.environment(), check=True)
    checkout.write_study(study())


def test_own_module_and_weights_are_analysed_without_training(checkout):
    prepare(checkout, classes=10)
    done = checkout.snakemake()
    assert done.returncode == 0, done.stdout
    files = checkout.files()
    for figure in ("fig1a_emergence", "fig2a_share", "beyond_shares"):
        assert f"figures/block_structure/{figure}.png" in files
    assert "claims.html" in files


def test_weights_that_do_not_fit_are_told_in_one_line(checkout):
    prepare(checkout, classes=7)
    done = checkout.snakemake("--logger", "atlas")
    assert done.returncode == 1
    failures = [line for line in done.stdout.splitlines() if line.startswith("failed:")]
    assert len(failures) == 1
    assert "mine.safetensors" in failures[0]
    assert "Traceback" not in done.stdout
