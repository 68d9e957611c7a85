"""Runs that need other runs first, and probe sets chosen by what a network does, run for real."""

import json
from pathlib import Path

import h5py
import pytest
import safetensors.torch
from conftest import TINY, Checkout
from made_once import made_once

STANDARD = TINY["training"]["standard"] | {"epochs": 2, "checkpoints": {"steps": [2]}}
GRID = {
    "data": "photos",
    "network": "resnet",
    "training": "standard",
    "depths": [8],
    "widths": [1],
    "seeds": [0],
}

STUDY = TINY | {
    "data": {
        "photos": {"source": "photos", "size": 8, "train": 60, "test": 40},
        "digits": {"source": "digits", "size": 8, "train": 60, "test": 40},
    },
    "training": {
        "standard": STANDARD,
        "transfer": STANDARD | {"start": {"data": "digits", "training": "standard"}},
        "removed": STANDARD | {"edit": {"training": "standard", "probe": "train"}},
    },
    "probes": {
        "test": {"split": "test", "batch_size": 16, "components": 3},
        "train": {"split": "train", "batch_size": 16, "components": 3},
        "dominant_10": {
            "batch_size": 16,
            "components": 3,
            "without": {"probe": "test", "fraction": 0.1},
        },
        "followed": {"count": 20, "batch_norm": "batch"},
    },
    "grids": {
        "depth": GRID,
        "transfer": GRID | {"training": "transfer"},
        "removed": GRID | {"training": "removed"},
    },
    "block_structure": {
        "probe": "test",
        "emergence": {"deeper": "depth"},
        "large": {"grid": "depth", "depth": 8, "width": 1},
        "interventions": {"transfer": ["transfer"], "removed": ["removed"]},
        "removal": {"dominant_10": "dominant_10"},
        "trajectory": "followed",
        "experiments": ["deletion"],
    },
}

TARGETS = (
    "fig4_removal",
    "fig8_dynamics",
    "fig9_interventions",
    "wide5_deletion",
    "beyond_retraining",
)


@pytest.fixture(scope="module")
def intervened(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy in which figures of interventions have been drawn; tests must leave it as it is."""
    return made_once(tmp_path_factory, "intervened", intervene)


def intervene(checkout: Checkout) -> None:
    """Draw the figures."""
    checkout.write_study(STUDY)
    done = checkout.snakemake(*TARGETS)
    assert done.returncode == 0, done.stdout


def place(kind: str, training: str, data: str = "photos") -> str:
    return f"{kind}/data~{data}/training~{training}/network~resnet/depth~8/width~1/seed~0/order~0"


def results(checkout: Checkout) -> Path:
    return checkout.folder / "results/tiny"


def test_every_figure_is_there_and_a_second_run_does_nothing(intervened):
    files = set(intervened.files())
    for figure in TARGETS:
        assert f"figures/block_structure/{figure}.png" in files
    assert intervened.planned(*TARGETS) == {}


def test_transfer_trains_the_other_run_first_though_it_stands_in_no_grid(intervened):
    first = results(intervened) / place("models", "standard", "digits") / "model.safetensors"
    folder = results(intervened) / place("models", "transfer")
    start = safetensors.torch.load_file(folder / "checkpoints" / "epoch-0000.safetensors")
    taken = safetensors.torch.load_file(first)
    same = [name for name in taken if name in start and taken[name].equal(start[name])]
    assert len(same) > 20
    assert [name for name in taken if "linear" in name and name in same] == []


def test_the_chosen_images_are_left_out_of_the_probe_set(intervened):
    run = results(intervened)
    chosen = json.loads(
        (run / place("examples", "standard") / "final.probe-dominant_10.json").read_text()
    )["ids"]
    ids = {}
    for probe in ("test", "dominant_10"):
        with h5py.File(run / place("stores", "standard") / f"final.{probe}.h5") as file:
            ids[probe] = {name.decode() for name in file["samples/ids"][:]}
    assert len(chosen) == 4
    assert ids["test"] - ids["dominant_10"] == set(chosen)


def test_the_chosen_images_are_left_out_of_training(intervened):
    run = results(intervened)
    chosen = json.loads(
        (run / place("examples", "standard") / "final.training-removed.json").read_text()
    )["ids"]
    record = json.loads((run / place("models", "removed") / "run.json").read_text())
    assert len(chosen) == 6
    assert all(name.startswith("train/") for name in chosen)
    assert str(len(chosen)) in json.dumps(record["edit"])


def test_a_changed_first_run_retrains_those_that_start_from_it(intervened):
    changed = STANDARD | {"learning_rate": 0.07}
    intervened.write_study(STUDY | {"training": STUDY["training"] | {"standard": changed}})
    try:
        # The standard run on either data set, and the two that start from them.
        assert intervened.planned(*TARGETS)["train"] == 4
    finally:
        intervened.write_study(STUDY)


def test_a_changed_choice_changes_only_what_follows_from_it(intervened):
    probes = STUDY["probes"]["dominant_10"] | {"without": {"probe": "test", "fraction": 0.2}}
    intervened.write_study(STUDY | {"probes": STUDY["probes"] | {"dominant_10": probes}})
    try:
        planned = intervened.planned(*TARGETS)
        assert planned["choose_examples"] == 1
        assert planned["extract"] == 1
        assert "train" not in planned
        assert "wide5_deletion" not in planned
    finally:
        intervened.write_study(STUDY)


def test_a_run_that_comes_first_is_named_where_it_does_not_exist(intervened):
    recipe = STUDY["training"]["transfer"] | {"start": {"data": "digit", "training": "standard"}}
    intervened.write_study(STUDY | {"training": STUDY["training"] | {"transfer": recipe}})
    try:
        done = intervened.snakemake("fig9_interventions")
    finally:
        intervened.write_study(STUDY)
    assert done.returncode == 1
    assert (
        "training.transfer.start.data: there is no 'digit'; did you mean 'digits'?" in done.stdout
    )
    assert "Traceback" not in done.stdout
