"""What happens to a study when something goes wrong."""

import os
import signal
import subprocess

import pytest
from conftest import TINY


def one_line(output: str) -> str:
    """The only line of an output, but for Snakemake's own about the profile."""
    lines = [line for line in output.splitlines() if line and "workflow specific" not in line]
    assert len(lines) == 1, output
    return lines[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"grids": {"depth": TINY["grids"]["depth"] | {"depths": [9]}}},
            ["grids.depth", "9", "6n+2"],
        ),
        ({"probs": {}}, ["probs", "did you mean 'probes'"]),
        (
            {"data": {"photos": {"source": "tree", "root": "nowhere"}}},
            ["data.photos.root", "nowhere"],
        ),
    ],
)
def test_a_faulty_study_ends_in_one_line_before_any_job(checkout, change, told):
    checkout.write_study(TINY | change)
    done = checkout.snakemake()
    assert done.returncode == 1
    line = one_line(done.stdout)
    assert line.startswith("error: ")
    for part in told:
        assert part in line
    assert not (checkout.folder / "results").exists()


def test_the_rest_of_the_grid_goes_on_when_one_network_diverges(checkout):
    """An absurd learning rate fails its own grid; figures of the other are drawn."""
    wild = TINY["training"]["standard"] | {"learning_rate": 100, "warmup_epochs": 0}
    grids = TINY["grids"] | {
        "wild": TINY["grids"]["depth"] | {"training": "wild", "depths": [8], "seeds": [0]}
    }
    training = TINY["training"] | {"wild": wild}
    paper = TINY["block_structure"] | {"emergence": {"deeper": "depth", "wild": "wild"}}
    checkout.write_study(TINY | {"grids": grids, "training": training, "block_structure": paper})
    done = checkout.snakemake("--keep-going", "--logger", "atlas")
    assert done.returncode == 1
    assert "failed: train resnet depth 8" in done.stdout
    assert "diverged" in done.stdout
    assert "Traceback" not in done.stdout
    figures = checkout.folder / "results/tiny/figures/block_structure"
    assert (figures / "fig2b_seeds.png").exists()
    assert not (figures / "fig1a_emergence.png").exists()


def test_a_truncated_store_is_refused_in_one_line(finished_copy):
    store = next((finished_copy.folder / "results/tiny/stores").rglob("*.h5"))
    output = finished_copy.folder / "out.h5"
    store.write_bytes(store.read_bytes()[: store.stat().st_size // 2])
    done = subprocess.run(
        [
            "python",
            "scripts/compare.py",
            "--stores",
            store,
            "--pairs",
            "within",
            "--output",
            output,
        ],
        cwd=finished_copy.folder,
        env=finished_copy.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    line = one_line(done.stderr)
    assert line.startswith("error: ")
    assert store.name in line
    assert not output.exists()


def test_a_killed_run_ends_in_the_weights_of_an_undisturbed_one(checkout):
    """SIGKILL of Snakemake and its jobs in the middle of training, then the same command."""
    slow = {
        "standard": TINY["training"]["standard"] | {"epochs": 40, "checkpoints": {"epochs": [1]}}
    }
    study = TINY | {"training": slow}
    checkout.write_study(study)
    target = "data~photos/training~standard/network~resnet/depth~8/width~1/seed~0/order~0"
    weights = f"results/tiny/models/{target}/model.safetensors"
    process = subprocess.Popen(
        checkout.command("--cores", "1", weights),
        cwd=checkout.folder,
        env=checkout.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    scratch = checkout.folder / "results/tiny/scratch" / target / "checkpoints"
    wait_for(scratch / "epoch-0001.safetensors", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (checkout.folder / weights).exists()

    refused = checkout.snakemake(weights)
    assert refused.returncode == 1
    assert "--unlock" in refused.stdout
    assert checkout.snakemake("--unlock").returncode == 0
    done = checkout.snakemake(weights)
    assert done.returncode == 0, done.stdout
    resumed = (checkout.folder / weights).read_bytes()
    checkout.snakemake("--forcerun", "train", "--", weights)
    assert (checkout.folder / weights).read_bytes() == resumed


def wait_for(path, process: subprocess.Popen) -> None:
    """Return once a file exists; fail if the process that is to write it ends before."""
    while not path.exists():
        assert process.poll() is None, process.communicate()[0]
