"""The tiny study, run for real."""

import json
import os
from pathlib import Path

import h5py
import pytest

FIGURES = (
    "fig1a_emergence",
    "fig2a_share",
    "fig2b_seeds",
    "fig3_projections",
    "figC1_components",
    "figD1_projections",
)

NOISE_FIGURES = (
    "noise1_theory",
    "noise2_snr",
    "noise3_generalisation",
    "noise4_pitfalls",
    "noise5_networks",
)


def test_the_study_leaves_every_result_and_nothing_half_written(finished):
    files = set(finished.files())
    for figure in FIGURES:
        for ending in ("png", "svg", "pdf", "csv"):
            assert f"figures/block_structure/{figure}.{ending}" in files
    for figure in NOISE_FIGURES:
        assert f"figures/alignment_snr/{figure}.png" in files
    assert {"claims.json", "claims.html", "report.html", "study/config.yaml"} <= files
    assert not [name for name in files if ".tmp" in name or name.startswith("scratch/")]


def test_the_report_holds_figures_claims_and_config(finished):
    report = (finished.folder / "results/tiny/report.html").read_text()
    for figure in FIGURES + NOISE_FIGURES:
        assert f"{figure}.png" in report
    assert "claims.html" in report
    assert "versions.txt" in report


def test_every_hdf5_file_can_be_traced(finished):
    (frozen,) = (finished.folder / "results/tiny/config").glob("*.json")
    assert json.loads(frozen.read_text())["study"] == "tiny"
    paths = list((finished.folder / "results/tiny").rglob("*.h5"))
    assert len(paths) > 8
    for path in paths:
        with h5py.File(path) as file:
            assert file.attrs["provenance_study_config"] == frozen.stem, path
            assert file.attrs["provenance_command"], path
            assert "numpy" in file.attrs["provenance_versions"], path


def test_claims_have_every_field_and_no_claim_rests_on_networks_that_did_not_fit(finished):
    claims = json.loads((finished.folder / "results/tiny/claims.json").read_text())
    fields = "id paper figure statement statistic value interval threshold direction seeds scale"
    for claim in claims:
        assert set(fields.split()) | {"verdict"} <= set(claim)
        assert claim["verdict"] == "undecided", "a smoke study can decide nothing"


def test_a_second_run_does_nothing(finished):
    assert finished.planned("report") == {}
    assert "Nothing to be done" in finished.snakemake("report").stdout


def test_two_runs_give_the_same_bytes(finished, checkout):
    done = checkout.snakemake("claims", "figures")
    assert done.returncode == 0, done.stdout
    first, second = finished.files(), checkout.files()
    compared = [
        name
        for name in second
        if not name.startswith(("logs/", "benchmarks/"))
        and not name.endswith(("run.json", "history.csv"))
    ]
    assert len(compared) > 40
    assert [name for name in compared if first[name] != second[name]] == []


def test_touched_files_start_no_job(finished_copy):
    for path in sorted((finished_copy.folder / "results/tiny").rglob("*.h5")):
        os.utime(path)
    for folder in ("scripts", "src", "workflow"):
        for path in (finished_copy.folder / folder).rglob("*"):
            os.utime(path)
    assert finished_copy.planned("report") == {}


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


@pytest.mark.parametrize(
    ("module", "stale", "kept"),
    [
        ("similarity/cka.py", {"compare_layers", "compare_seeds"}, {"train", "extract"}),
        ("figures/style.py", {"fig1a_emergence", "figC1_components"}, {"compare_layers", "train"}),
        ("ensembles/descend.py", {"train_ensemble"}, {"simulate_alignment", "train"}),
        ("claims/verdict.py", {"judge_claims"}, {"fig1a_emergence", "compare_layers", "train"}),
        ("training/schedule.py", {"train", "extract", "compare_layers"}, {"prepare_data"}),
    ],
)
def test_an_edited_module_reruns_its_own_steps_only(finished_copy, module, stale, kept):
    append(finished_copy.folder / "src/repatlas" / module, "\nEDITED = True\n")
    planned = set(finished_copy.planned())
    assert stale <= planned
    assert not kept & planned


def test_edited_comments_rerun_nothing(finished_copy):
    append(finished_copy.folder / "src/repatlas/training/loop.py", "\n# A thought.\n")
    assert finished_copy.planned() == {}


def test_a_changed_recipe_retrains_and_a_changed_probe_does_not(finished_copy):
    from conftest import TINY

    probes = {"test": TINY["probes"]["test"] | {"components": 2}}
    finished_copy.write_study(TINY | {"probes": probes})
    planned = finished_copy.planned()
    assert "extract" in planned
    assert "train" not in planned
    training = {"standard": TINY["training"]["standard"] | {"learning_rate": 0.05}}
    finished_copy.write_study(TINY | {"training": training})
    assert finished_copy.planned()["train"] == 4


def test_an_added_seed_trains_only_that_seed(finished_copy):
    from conftest import TINY

    grid = TINY["grids"]["depth"] | {"seeds": [0, 1, 2]}
    finished_copy.write_study(TINY | {"grids": {"depth": grid}})
    assert finished_copy.planned()["train"] == 2
