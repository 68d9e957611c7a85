"""Plans of jobs whose files lie elsewhere than the study says."""

import json
import os
from types import SimpleNamespace

import pytest
from snakemake.io import get_flag_value
from snakemake.iocontainers import InputFiles

from repatlas.config.laptop import laptop
from repatlas.runs import COLUMNS, run_key, run_table
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.figure_plan import input_options
from repatlas.workflow.jobs import Jobs
from repatlas.workflow.paths import Paths
from repatlas.workflow.storage import relocated, storage_options


def wildcards(run, **more):
    return SimpleNamespace(**dict(zip(COLUMNS, run_key(run), strict=True)), **more)


def away(path: str) -> str:
    return f".snakemake/storage/s3/bucket/{path}"


def test_only_texts_that_are_paths_of_the_study_are_relocated():
    value = {"a": ["r/x.h5", "r/x"], "b": {"c": "r/x.h5"}, "r/x.h5": 1, "d": None}
    found = relocated(value, {"r/x.h5": "there"})
    assert found == {"a": ["there", "r/x"], "b": {"c": "there"}, "r/x.h5": 1, "d": None}


def test_the_evidence_names_files_where_they_lie(tmp_path):
    atlas = Atlas(tmp_path, laptop())
    files = atlas.evidence_files
    here = atlas.evidence_json(None, SimpleNamespace(evidence=files))
    assert here == atlas.evidence.model_dump_json(exclude_none=True)
    there = atlas.evidence_json(None, SimpleNamespace(evidence=list(map(away, files))))
    assert json.loads(there) != json.loads(here)
    # Every path of the study has moved, and nothing else has.
    assert there.replace(away(""), "") == here
    assert there.count(away("results/laptop/")) == here.count("results/laptop/")


def test_the_hash_of_the_claims_follows_their_files(tmp_path):
    def claims_hash(last: str) -> str:
        atlas = Atlas(tmp_path, laptop())
        for path in atlas.claims_files:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(f"- {path}\n")
        (tmp_path / atlas.claims_files[-1]).write_text(last)
        return atlas.claims_hash

    assert claims_hash("- a\n") == claims_hash("- a\n") != claims_hash("- b\n")


@pytest.fixture
def jobs():
    study = laptop()
    given = study.networks["resnet"].model_copy(update={"weights": "mine.safetensors"})
    study = study.model_copy(update={"networks": study.networks | {"resnet": given}})
    return Jobs(study, run_table(study), Paths("r"))


def test_trainings_are_given_their_files_and_not_the_users_own_weights(jobs):
    run = next(run for run in jobs.runs.runs if run.training == "transfer")
    files = jobs.more_for_training(wildcards(run))
    assert files == [Paths("r").model(run.start_run), "mine.safetensors"]
    inputs = SimpleNamespace(more=[away(files[0]), files[1]])
    assert jobs.training_options(wildcards(run), inputs) == f"--start {away(files[0])}"
    usual = next(run for run in jobs.runs.runs if run.training == "standard")
    inputs = SimpleNamespace(more=jobs.more_for_training(wildcards(usual)))
    assert jobs.training_options(wildcards(usual), inputs) == ""


def test_the_users_own_weights_stay_on_their_disk(jobs):
    run = next(run for run in jobs.runs.runs if run.training == "transfer")
    start, own = jobs.more_for_training(wildcards(run))
    assert get_flag_value(own, "local")
    assert not get_flag_value(start, "local")


def test_probe_sets_leave_out_what_a_file_elsewhere_says(jobs):
    run = next(run for run in jobs.runs.runs if run.training == "standard")
    part = wildcards(run, probe="matched_10", checkpoint="final")
    inputs = SimpleNamespace(without=[away(path) for path in jobs.left_out(part)])
    assert jobs.extract_options(part, inputs) == f"--without {inputs.without[0]}"
    assert jobs.extract_options(part, SimpleNamespace(without=[])) == ""


def test_figures_are_given_their_files_by_the_names_of_the_options():
    inputs = InputFiles(toclone=["a.h5", "b.h5", "c.h5"])
    inputs._set_name("stores", 0, end=2)
    inputs._set_name("similarity", 2, end=3)
    assert input_options(None, inputs) == "--stores a.h5 b.h5 --similarity c.h5"


def snakemake(provider):
    arguments = SimpleNamespace(
        get_storage_provider_envvars=lambda: {"SNAKEMAKE_STORAGE_S3_SECRET_KEY": "secret"},
        get_default_storage_provider_args=lambda: "--default-storage-provider s3",
        get_storage_provider_args=lambda: iter(["--storage-s3-retries 7"]),
    )
    settings = SimpleNamespace(default_storage_provider=provider, local_storage_prefix="kept")
    return SimpleNamespace(storage_settings=settings, spawned_job_args_factory=arguments)


def test_another_snakemake_is_told_of_the_storage_and_keys_stand_on_no_command_line(monkeypatch):
    monkeypatch.setenv("SNAKEMAKE_STORAGE_S3_SECRET_KEY", "")
    assert storage_options(snakemake(None)) == ""
    assert os.environ["SNAKEMAKE_STORAGE_S3_SECRET_KEY"] == ""
    told = storage_options(snakemake("s3"))
    assert told.split() == [
        "--default-storage-provider",
        "s3",
        "--storage-s3-retries",
        "7",
        "--local-storage-prefix",
        "kept",
    ]
    assert os.environ["SNAKEMAKE_STORAGE_S3_SECRET_KEY"] == "secret"
