"""What the Snakefile is told of networks that are followed while they learn."""

import json
from types import SimpleNamespace

import pytest

from repatlas.config.laptop import laptop
from repatlas.config.universality import UniversalitySpec
from repatlas.dynamics.spec import ContextSpec, ImagesSpec, TwoPointsSpec, XorSpec
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.paths import Paths
from repatlas.workflow.universality.paper import Universality

SPEC = laptop().universality
PAIR = {"learner": {"learning_rate": 0.01, "steps": 100}}


def atlas_of(tmp_path, spec):
    return Atlas(tmp_path, laptop().model_copy(update={"universality": spec}))


def job(followed, task="trajectories"):
    return SimpleNamespace(followed=followed, task=task)


def test_the_laptop_study_draws_every_figure():
    figures = Universality(Paths("r"), SPEC).figures()
    assert list(figures) == [
        "universal1_trajectories",
        "universal2_losses",
        "universal3_distances",
        "universal4_layers",
        "universal5_altered",
        "universal6_xor",
        "universal7_context",
        "universal8_pair",
        "universal9_classes",
        "beyond_lines",
        "beyond_geometry",
        "beyond_exponents",
        "beyond_merging",
        "beyond_curvature",
        "beyond_shallow",
    ]
    shown = figures["universal1_trajectories"]
    assert shown.script == "plot_universality_trajectories.py"
    names = [path.rsplit("/", 1)[-1] for path in shown.inputs["trajectories"]]
    assert names == [path.rsplit("/", 1)[-1] for path in shown.inputs["fits"]]
    assert names == [f"{name}.h5" for name in SPEC.trajectories]
    assert figures["universal6_xor"].inputs == {
        "pairs": ["r/dynamics/xor/relu.h5"],
        "fits": ["r/dynamics/fits/trajectories/default.h5"],
    }
    assert '"gain_12": "gain 1.2"' in shown.layout or '"gain_12":"gain 1.2"' in shown.layout
    assert figures["beyond_shallow"].inputs["pairs"] == [
        f"r/dynamics/xor/{name}.h5" for name in SPEC.xor
    ]
    assert figures["universal8_pair"].inputs["fits"] == ["r/dynamics/fits/pairs/digits.h5"]


def test_figures_follow_what_the_study_has():
    spec = UniversalitySpec.model_validate({"trajectories": {"default": PAIR}})
    paper = Universality(Paths("r"), spec)
    assert set(paper.figures()) == {
        "universal1_trajectories",
        "universal2_losses",
        "universal5_altered",
        "beyond_lines",
        "beyond_curvature",
    }
    assert paper.evidence_files() == [
        "r/dynamics/trajectories/default.h5",
        "r/dynamics/fits/trajectories/default.h5",
    ]


def test_one_network_of_exclusive_or_is_compared_with_none():
    one = {"relu": SPEC.xor["relu"]}
    paper = Universality(Paths("r"), SPEC.model_copy(update={"xor": one}))
    assert "beyond_geometry" not in paper.figures()
    assert paper.evidence().universality.geometry is None


def test_shallow_networks_are_compared_only_if_two_kinds_have_them():
    deep = SPEC.xor["relu"]
    learners = {name: one for name, one in deep.learners.items() if name != "shallow"}
    xor = {name: deep.model_copy(update={"learners": learners}) for name in SPEC.xor}
    one = SPEC.model_copy(update={"xor": xor | {"tanh": SPEC.xor["tanh"]}})
    two = SPEC.model_copy(update={"xor": one.xor | {"relu": deep}})
    assert "beyond_shallow" not in Universality(Paths("r"), one).figures()
    shown = Universality(Paths("r"), two).figures()["beyond_shallow"]
    assert shown.inputs["pairs"] == ["r/dynamics/xor/relu.h5", "r/dynamics/xor/tanh.h5"]


def test_evidence_names_every_record(tmp_path):
    atlas = atlas_of(tmp_path, SPEC)
    files = atlas.evidence_files
    for path in (
        "results/laptop/dynamics/distances/gain_16.h5",
        "results/laptop/dynamics/layer_laws/linear.h5",
        "results/laptop/dynamics/context.h5",
        "results/laptop/dynamics/geometry.h5",
        "results/laptop/dynamics/classes/digits.h5",
    ):
        assert path in files
    assert len(files) == len(set(files))


def test_a_study_without_the_section_has_nothing_of_it(tmp_path):
    atlas = atlas_of(tmp_path, None)
    assert atlas.universality is None
    assert atlas.dynamics is None
    assert "dynamics" not in atlas.stages
    assert atlas.wildcard_constraints["followed"] == "(?!)"
    assert atlas.evidence.universality.fits == {}


def test_jobs_are_given_what_their_scripts_read(tmp_path):
    jobs = atlas_of(tmp_path, SPEC).dynamics
    grid = jobs.points_json(job("gain_16", "grids"))
    assert TwoPointsSpec.model_validate_json(grid).seed == SPEC.grids["gain_16"].seed
    assert (
        XorSpec.model_validate_json(jobs.xor_json(job("tanh"))).replicas
        == SPEC.xor["tanh"].replicas
    )
    assert ContextSpec.model_validate_json(jobs.context_json(None)) == SPEC.context
    images = ImagesSpec.model_validate_json(jobs.images_json(job("digits")))
    assert images == SPEC.images["digits"]
    assert jobs.images_data(job("digits")) == "results/laptop/data/small_digits.h5"
    assert json.loads(jobs.points_json(job("tanh")))["learner"]["activation"] == "tanh"


def test_theory_is_fitted_at_all_layers_only_where_the_study_says_so(tmp_path):
    jobs = atlas_of(tmp_path, SPEC).dynamics
    assert jobs.fit_options(job("default")) == "--layers all"
    assert jobs.fit_options(job("tanh")) == ""
    assert jobs.fit_options(job("digits", "pairs")) == ""
    assert jobs.fit_minutes(job("digits", "pairs")) < jobs.fit_minutes(job("default"))


def test_a_grid_is_told_with_the_rates_that_it_names(tmp_path):
    jobs = atlas_of(tmp_path, SPEC).dynamics
    assert jobs.rates(job("gain_12")).endswith("fits/trajectories/gain_12.h5")


@pytest.mark.parametrize("key", ["width", "depth", "steps"])
def test_larger_networks_need_more(tmp_path, key):
    pair = SPEC.trajectories["default"]
    factor = {"width": 40, "depth": 60, "steps": 1000}[key]
    learner = pair.learner.model_copy(update={key: getattr(pair.learner, key) * factor})
    larger = {"default": pair.model_copy(update={"learner": learner})}
    small, large = (
        atlas_of(tmp_path, SPEC.model_copy(update={"trajectories": one})).dynamics
        for one in (SPEC.trajectories, larger)
    )
    wanted = job("default")
    assert small.points_minutes(wanted) < 5 < large.points_minutes(wanted)
    assert small.points_memory(wanted) < 200
    if key != "steps":
        assert large.points_memory(wanted) > small.points_memory(wanted)


def test_other_tasks_fit_a_laptop(tmp_path):
    jobs = atlas_of(tmp_path, SPEC).dynamics
    alone = SimpleNamespace()
    found = (jobs.settings_minutes(job("relu")), jobs.settings_minutes(alone))
    assert max(*found, jobs.images_minutes(job("digits"))) < 5
    found = (jobs.settings_memory(job("relu")), jobs.settings_memory(alone))
    assert max(*found, jobs.images_memory(job("digits"))) < 600
