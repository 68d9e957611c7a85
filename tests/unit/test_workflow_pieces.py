"""The pieces between the Snakefile and the library."""

import json
from types import SimpleNamespace

import psutil
import pytest

from repatlas.config.laptop import laptop
from repatlas.errors import InputError
from repatlas.provenance import STUDY_CONFIG_VARIABLE
from repatlas.runs import COLUMNS, run_key, run_table
from repatlas.workflow import locks, needs
from repatlas.workflow.atlas import Atlas, open_atlas
from repatlas.workflow.block_structure import BlockStructure
from repatlas.workflow.locks import stale_lock
from repatlas.workflow.paths import Paths
from repatlas.workflow.summary import summary_lines


@pytest.fixture
def atlas(tmp_path):
    return Atlas(tmp_path, laptop())


def wildcards(run, **more):
    return SimpleNamespace(**dict(zip(COLUMNS, run_key(run), strict=True)), **more)


def test_a_job_gets_the_run_that_its_wildcards_name(atlas):
    run = atlas.runs.runs[3]
    assert json.loads(atlas.run_json(wildcards(run)))["depth"] == run.depth


def test_a_run_outside_the_grid_is_told_in_one_line(atlas):
    run = atlas.runs.runs[0].model_copy(update={"depth": 56, "width": 4})
    with pytest.raises(InputError, match="has no run"):
        atlas.run(wildcards(run))


def test_final_weights_and_checkpoints_come_from_their_own_places(atlas):
    run = atlas.runs.runs[0]
    assert atlas.checkpoint_weights(wildcards(run, checkpoint="final")).endswith(".safetensors")
    assert atlas.checkpoint_weights(wildcards(run, checkpoint="epoch-0000")).endswith("checkpoints")


def test_the_hash_of_the_config_follows_its_values(atlas, tmp_path):
    study = laptop()
    other = study.model_copy(update={"claims": study.claims.model_copy(update={"seed": 1})})
    assert atlas.config_hash == Atlas(tmp_path / "elsewhere", laptop()).config_hash
    assert atlas.config_hash != Atlas(tmp_path, other).config_hash


def test_jobs_read_the_frozen_config_and_not_the_edited_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(STUDY_CONFIG_VARIABLE, raising=False)
    monkeypatch.setenv("PYTHONPATH", "")
    values = laptop().model_dump(mode="json", by_alias=True)
    (tmp_path / "config.yaml").write_text(json.dumps(values))
    main = open_atlas(tmp_path, {}, main_process=True)
    main.freeze()
    (tmp_path / "config.yaml").write_text(json.dumps(values | {"study": "edited"}))
    job = open_atlas(tmp_path, {}, main_process=False)
    assert job.study == main.study
    assert open_atlas(tmp_path, {}, main_process=True).study.study == "edited"


def test_missing_files_of_a_study_end_snakemake_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv(STUDY_CONFIG_VARIABLE, "")
    values = laptop().model_dump(mode="json", by_alias=True)
    values["networks"]["resnet"]["weights"] = "none.safetensors"
    (tmp_path / "config.yaml").write_text(json.dumps(values))
    with pytest.raises(
        SystemExit, match=r"^error: networks.resnet.weights: [^\n]*none.safetensors"
    ):
        open_atlas(tmp_path, {}, main_process=True)


def test_needs_grow_with_depth_and_width():
    runs = {(run.depth, run.width): run for run in run_table(laptop()).runs}
    small, deep = runs[14, 1], runs[56, 1]
    assert needs.train_memory(small) < needs.train_memory(deep) < 4096
    assert needs.features(deep) == pytest.approx(4 * needs.features(small), rel=0.01)


def test_figures_follow_the_networks_that_the_study_has():
    study = laptop()
    table, paths = run_table(study), Paths("results/laptop")
    whole = BlockStructure(table, paths, study.block_structure).figures()
    assert {"fig1a_emergence", "fig2b_seeds", "fig3_projections", "figD1_projections"} <= set(whole)
    bare = study.block_structure.model_copy(update={"large": None, "small": None})
    few = BlockStructure(table, paths, bare).figures()
    assert set(few) == {"fig1a_emergence", "fig2a_share", "figC1_components", "beyond_shares"}


def test_roles_are_the_ends_of_the_grids():
    study = laptop()
    evidence = BlockStructure(run_table(study), Paths("r"), study.block_structure).evidence()
    depths, widths = study.grids["depth"].depths, study.grids["width"].widths
    assert evidence.roles["deepest"].label == f"RN-{max(depths)} 1x"
    assert evidence.roles["shallowest"].label == f"RN-{min(depths)} 1x"
    assert evidence.roles["widest"].label.endswith(f"{max(widths)}x")
    assert len(evidence.roles["deepest"].networks) == len(study.grids["seeds"].seeds)


def test_a_lock_is_stale_only_without_a_living_snakemake(tmp_path, monkeypatch):
    assert not stale_lock(tmp_path)
    folder = tmp_path / ".snakemake" / "locks"
    folder.mkdir(parents=True)
    (folder / "0.output.lock").write_text("")

    def process(name: str, cwd) -> SimpleNamespace:
        return SimpleNamespace(cmdline=lambda: ["python", f"/bin/{name}"], cwd=lambda: str(cwd))

    def living(*processes):
        monkeypatch.setattr(locks.psutil, "process_iter", lambda: iter(processes))

    def gone() -> list[str]:
        raise psutil.NoSuchProcess(1)

    living(process("snakemake", tmp_path.parent), process("pytest", tmp_path))
    assert stale_lock(tmp_path)
    living(SimpleNamespace(cmdline=gone, cwd=lambda: ""), process("snakemake", tmp_path))
    assert not stale_lock(tmp_path)


def test_the_summary_names_report_verdicts_and_pictures(tmp_path):
    figures = tmp_path / "figures" / "block_structure"
    figures.mkdir(parents=True)
    (figures / "fig1a_emergence.png").write_bytes(b"")
    verdicts = ["reproduced", "reproduced", "undecided"]
    (tmp_path / "claims.json").write_text(json.dumps([{"verdict": one} for one in verdicts]))
    text = "\n".join(summary_lines(tmp_path))
    assert "report.html" in text
    assert "2 reproduced, 1 undecided" in text
    assert "fig1a_emergence.png" in text
