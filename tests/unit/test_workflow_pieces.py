"""The pieces between the Snakefile and the library."""

import json
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from repatlas.config.block_structure import BlockStructureSpec
from repatlas.config.laptop import DEEP, laptop
from repatlas.errors import InputError
from repatlas.provenance import STUDY_CONFIG_VARIABLE
from repatlas.runs import COLUMNS, run_key, run_table
from repatlas.training.spec import Augmentation
from repatlas.workflow import locks, needs
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.block_structure.networks import Networks
from repatlas.workflow.block_structure.paper import BlockStructure
from repatlas.workflow.jobs import Jobs
from repatlas.workflow.locks import stale_lock
from repatlas.workflow.opening import open_atlas
from repatlas.workflow.paths import Paths
from repatlas.workflow.summary import summary_lines

ROOT = Path(__file__).parents[2]


@pytest.fixture
def atlas(tmp_path):
    return Atlas(tmp_path, laptop())


def wildcards(run, **more):
    return SimpleNamespace(**dict(zip(COLUMNS, run_key(run), strict=True)), **more)


def test_a_job_gets_the_run_that_its_wildcards_name(atlas):
    run = atlas.runs.runs[3]
    assert json.loads(atlas.jobs.run_json(wildcards(run)))["depth"] == run.depth


def test_a_run_outside_the_grid_is_told_in_one_line(atlas):
    run = atlas.runs.runs[0].model_copy(update={"depth": DEEP, "width": 4})
    with pytest.raises(InputError, match="has no run"):
        atlas.jobs.run(wildcards(run))


def test_final_weights_and_checkpoints_come_from_their_own_places(atlas):
    run = atlas.runs.runs[0]
    assert atlas.jobs.checkpoint_weights(wildcards(run, checkpoint="final")).endswith(
        ".safetensors"
    )
    assert atlas.jobs.checkpoint_weights(wildcards(run, checkpoint="epoch-0000")).endswith(
        "checkpoints"
    )


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
    small, deep = runs[14, 1], runs[DEEP, 1]
    assert needs.train_memory(small) < needs.train_memory(deep) < 4096
    assert needs.features(deep) == pytest.approx(DEEP / 14 * needs.features(small), rel=0.01)


def test_figures_follow_the_networks_that_the_study_has():
    study = laptop()
    table, paths = run_table(study), Paths("results/laptop")
    whole = BlockStructure(table, paths, study.block_structure).figures()
    assert {"fig1a_emergence", "fig2b_seeds", "fig3_projections", "figD1_projections"} <= set(whole)
    bare = BlockStructureSpec(probe="test", emergence={"deeper": "depth"})
    few = BlockStructure(table, paths, bare).figures()
    assert set(few) == {
        "fig1a_emergence",
        "fig2a_share",
        "figC1_components",
        "beyond_shares",
        "wideD6_components",
    }


def test_figures_on_further_data_show_its_networks_and_their_claim_has_the_record():
    study = laptop()
    paper = BlockStructure(run_table(study), Paths("r"), study.block_structure)
    for name in ("fig5_norms_further", "figE_synthetic"):
        assert {cell.data for cell in paper.figures()[name].arrangement.cells} == {"digits"}
    networks = paper.evidence().roles["further_large"].networks
    assert [set(network.records) for network in networks] == [{"synthetic"}] * 2


def test_every_figure_of_the_default_study_has_a_caption_and_a_script(atlas):
    figures = {name: plan for paper in atlas.papers for name, plan in paper.figures().items()}
    assert len(figures) > 45
    for name, plan in figures.items():
        assert (ROOT / "workflow" / "report" / f"{name}.rst").is_file(), name
        assert (ROOT / "scripts" / plan.script).is_file(), name
    captions = {path.stem for path in (ROOT / "workflow" / "report").glob("*_*.rst")}
    assert captions == set(figures)


def test_networks_of_interventions_stand_beside_those_trained_as_usual():
    study = laptop()
    networks = Networks(run_table(study), study.block_structure)
    for run in networks.intervention("penalty"):
        usual = networks.counterpart(run)
        assert (usual.depth, usual.seed, usual.training) == (run.depth, run.seed, "standard")
    assert networks.counterpart(networks.intervention("plain")[0]) in (None, networks.small[0])
    assert [run.seed for run in networks.standard_seeds(networks.large[0])] == [0, 1, 2]


def test_the_control_of_colour_augmentation_is_trained_as_long():
    study = laptop()
    color = study.training["color"]
    plain = color.model_copy(update={"augmentation": Augmentation()})
    assert "color_control" not in Networks(run_table(study), study.block_structure).cells()
    grid = study.grids["color"].model_copy(update={"training": "long"})
    longer = study.model_copy(
        update={
            "training": study.training | {"long": plain},
            "grids": study.grids | {"long": grid},
        }
    )
    cells = Networks(run_table(longer), longer.block_structure).cells()
    assert cells["color_control"].grid == "long"


def test_evidence_names_every_file_that_a_claim_may_open():
    study = laptop()
    paper = BlockStructure(run_table(study), Paths("r"), study.block_structure)
    evidence, files = paper.evidence(), paper.evidence_files()
    assert len(files) == len(set(files))
    studied = evidence.roles["large"].networks[: study.block_structure.experiment_seeds]
    for network in studied:
        assert {"trajectory", "synthetic", "measures_dominant_10"} <= set(network.records)
        assert {"dominant_10", "random_10", "matched_10", "corrupted"} <= set(network.probes)
        for path in network.records.values():
            assert str(path) in files
        for probe in network.probes.values():
            assert {str(probe.similarity), str(probe.store)} <= set(files)


def test_jobs_that_need_other_runs_are_given_their_files():
    study = laptop()
    jobs = Jobs(study, run_table(study), Paths("r"))
    runs = {run.training: run for run in jobs.runs.runs if run.seed == run.order == 0}
    transfer = jobs.more_for_training(wildcards(runs["transfer"]))
    assert transfer == [Paths("r").model(runs["transfer"].start_run)]
    removed = jobs.more_for_training(wildcards(runs["removed"]))
    assert len(removed) == 1
    assert removed[0].endswith("final.training-removed.json")
    assert jobs.more_for_training(wildcards(runs["color"])) == []
    whole = wildcards(runs["standard"], probe="test", checkpoint="final")
    assert jobs.left_out(whole) == []
    part = wildcards(runs["standard"], probe="matched_10", checkpoint="final")
    assert jobs.left_out(part)[0].startswith("r/examples/")
    choice = wildcards(runs["standard"], selection="probe-matched_10", checkpoint="final")
    assert jobs.selection_options(choice) == "--images matched --fraction 0.1"
    assert jobs.selection_inputs(choice)["store"] == Paths("r").store(runs["standard"], "test")


def test_roles_are_the_ends_of_the_grids():
    study = laptop()
    evidence = BlockStructure(run_table(study), Paths("r"), study.block_structure).evidence()
    depths, widths = study.grids["depth"].depths, study.grids["width"].widths
    assert evidence.roles["deepest"].label.startswith(f"RN-{max(depths)} 1x")
    assert evidence.roles["shallowest"].label.startswith(f"RN-{min(depths)} 1x")
    assert evidence.roles["widest"].label.startswith(f"RN-14 {max(widths)}x")
    assert len(evidence.roles["deepest"].networks) == len(study.grids["seeds"].seeds)


def test_a_lock_is_stale_only_without_a_living_snakemake(tmp_path, monkeypatch):
    assert not stale_lock(tmp_path)
    folder = tmp_path / ".snakemake" / "locks"
    folder.mkdir(parents=True)
    (folder / "0.output.lock").write_text("")

    def process(name: str, cwd) -> SimpleNamespace:
        return SimpleNamespace(
            cmdline=lambda: ["python", f"/bin/{name}"], cwd=lambda: str(cwd), environ=dict
        )

    def living(*processes):
        monkeypatch.setattr(locks.psutil, "process_iter", lambda: iter(processes))

    def gone() -> list[str]:
        raise psutil.NoSuchProcess(1)

    living(process("snakemake", tmp_path.parent), process("pytest", tmp_path))
    assert stale_lock(tmp_path)
    living(SimpleNamespace(cmdline=gone, cwd=gone), process("snakemake", tmp_path))
    assert not stale_lock(tmp_path)


def test_the_summary_names_report_verdicts_and_pictures(tmp_path):
    figures = tmp_path / "figures" / "block_structure"
    figures.mkdir(parents=True)
    (figures / "fig1a_emergence.png").write_bytes(b"")
    verdicts = ["reproduced", "reproduced", "undecided"]
    (tmp_path / "claims.json").write_text(json.dumps([{"verdict": one} for one in verdicts]))
    text = "\n".join(summary_lines(tmp_path))
    assert "report.html" in text
    assert "ro-crate.zip" in text
    assert "2 reproduced, 1 undecided" in text
    assert "fig1a_emergence.png" in text
