"""What happens to a study when something goes wrong."""

import os
import shutil
import subprocess
import time

import pytest
from tiny_study import TINY

from repatlas.workflow.locks import only_run, stale_lock, stop_orphans


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


def truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path):
    """One bit of one number changed, in the middle of the file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 16
    path.write_bytes(content)


def foreign(path):
    data = path.parents[len(path.parts) - path.parts.index("tiny") - 2] / "data/photos.h5"
    path.write_bytes(data.read_bytes())


@pytest.mark.parametrize(
    ("damage", "told"),
    [(truncated, "is truncated"), (flipped, "checksum"), (foreign, "holds repatlas.dataset")],
)
def test_a_damaged_store_is_refused_in_one_line(finished_copy, damage, told):
    store = next((finished_copy.folder / "results/tiny/stores").rglob("*.h5"))
    output = finished_copy.folder / "out.h5"
    damage(store)
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
    assert told in line
    assert not output.exists()


def test_a_killed_snakemake_and_its_jobs_end_in_the_weights_of_an_undisturbed_run(checkout):
    """SIGKILL of Snakemake in the middle of training: its job goes on, until it is stopped."""
    slow = {
        "standard": TINY["training"]["standard"] | {"epochs": 40, "checkpoints": {"epochs": [1]}}
    }
    study = TINY | {"training": slow}
    checkout.write_study(study)
    target = "data~photos/training~standard/network~resnet/depth~8/width~1/seed~0/order~0"
    weights = f"results/tiny/models/{target}/model.safetensors"
    scratch = checkout.folder / "results/tiny/scratch" / target / "checkpoints"
    with (checkout.folder / "log").open("w") as log:
        process = checkout.start("--cores", "1", weights, output=log)
    wait_for(scratch / "epoch-0001.safetensors", process)
    process.kill()
    process.wait()
    with only_run(checkout.folder):
        assert stop_orphans(checkout.folder)
    assert not (checkout.folder / weights).exists()

    refused = checkout.snakemake(weights)
    assert refused.returncode == 1
    assert "--unlock" in refused.stdout
    assert stale_lock(checkout.folder)
    assert checkout.snakemake("--unlock").returncode == 0
    done = checkout.snakemake(weights)
    assert done.returncode == 0, done.stdout
    resumed = (checkout.folder / weights).read_bytes()
    checkout.snakemake("--forcerun", "train", "--", weights)
    assert (checkout.folder / weights).read_bytes() == resumed


def test_a_config_edited_in_the_middle_of_a_run_is_for_the_next_run(finished_copy):
    """Signal: the run begins to write comparisons."""
    place = finished_copy.folder / "results/tiny/similarity"
    whole = finished_copy.files("results/tiny/similarity")
    shutil.rmtree(place)
    next((finished_copy.folder / "results/tiny/figures").rglob("fig2a_share.png")).unlink()
    with (finished_copy.folder / "log").open("w") as log:
        process = finished_copy.start("--cores", "1", "--", "fig2a_share", output=log)
    wait_for(place, process)
    probes = {"test": TINY["probes"]["test"] | {"components": 2}}
    finished_copy.write_study(TINY | {"probes": probes})
    assert process.wait() == 0
    remade = finished_copy.files("results/tiny/similarity")
    assert remade
    assert {name: whole[name] for name in remade} == remade
    assert "extract" in finished_copy.planned()


def make_half_of_tomorrow(folder):
    """As after a clock that was set back; every second file, so that inputs and outputs differ."""
    tomorrow = time.time() + 86400
    for path in sorted(folder.rglob("*"))[::2]:
        os.utime(path, (tomorrow, tomorrow))


def test_files_of_tomorrow_start_no_job(finished_copy):
    make_half_of_tomorrow(finished_copy.folder / "results/tiny")
    assert finished_copy.planned("all", "report") == {}


def test_a_second_run_at_once_is_refused_and_the_next_heeds_no_clock(finished_copy):
    results = finished_copy.folder / "results/tiny"
    (results / "report.html").unlink()
    with only_run(finished_copy.folder):
        done = finished_copy.reproduce()
    assert done.returncode == 1
    assert "another run is at work" in one_line(done.stdout)
    make_half_of_tomorrow(results)
    done = finished_copy.reproduce()
    assert done.returncode == 0, done.stdout
    assert "a clock was set back" in done.stdout
    assert (results / "report.html").exists()


def wait_for(path, process: subprocess.Popen) -> None:
    """Return once a file exists; fail if the process that is to write it ends before."""
    while not path.exists():
        assert process.poll() is None
