"""What the Snakefile is told of learners of noisy labels."""

import json
from types import SimpleNamespace

import pytest

from repatlas.config.alignment_snr import AlignmentSnrSpec
from repatlas.config.laptop import laptop
from repatlas.workflow.alignment_snr.paper import AlignmentSnr
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.paths import Paths


def atlas_of(tmp_path, spec):
    return Atlas(tmp_path, laptop().model_copy(update={"alignment_snr": spec}))


def job(name):
    return SimpleNamespace(ensemble=name)


def test_every_figure_names_the_files_that_it_shows():
    figures = AlignmentSnr(Paths("r"), laptop().alignment_snr).figures()
    assert list(figures) == [
        "noise1_theory",
        "noise2_snr",
        "noise3_generalisation",
        "noise4_pitfalls",
        "noise5_networks",
        "noise6_digits",
    ]
    assert figures["noise4_pitfalls"].inputs["ensembles"] == [
        "r/ensembles/own_start.h5",
        "r/ensembles/shared_start.h5",
    ]
    assert figures["noise6_digits"].inputs == {"ensembles": ["r/ensembles/digits.h5"]}
    assert figures["noise5_networks"].stem == "r/figures/alignment_snr/noise5_networks"


def test_figures_follow_the_ensembles_that_the_study_has():
    figures = AlignmentSnr(Paths("r"), AlignmentSnrSpec()).figures()
    assert set(figures) == {
        "noise1_theory",
        "noise2_snr",
        "noise3_generalisation",
        "noise4_pitfalls",
    }
    assert "ensembles" not in figures["noise4_pitfalls"].inputs


def test_claims_are_judged_on_the_first_ensemble_of_each_kind():
    paper = AlignmentSnr(Paths("r"), laptop().alignment_snr)
    found = {key: str(path) for key, path in paper.evidence().noise.ensembles.items()}
    assert found == {
        "linear": "r/ensembles/linear.h5",
        "relu": "r/ensembles/relu.h5",
        "images": "r/ensembles/digits.h5",
    }
    assert paper.evidence_files() == ["r/simulation/alignment.h5", *found.values()]


def test_a_study_without_the_section_has_nothing_of_it(tmp_path):
    atlas = atlas_of(tmp_path, None)
    assert atlas.alignment_snr is None
    assert "ensembles" not in atlas.stages
    assert atlas.evidence.noise.simulation is None
    assert atlas.wildcard_constraints["ensemble"] == "(?!)"
    assert not [path for path in atlas.evidence_files if "/ensembles/" in path]


def test_jobs_are_given_their_settings_and_data(tmp_path):
    atlas = atlas_of(tmp_path, laptop().alignment_snr)
    jobs, spec = atlas.ensembles, laptop().alignment_snr
    assert json.loads(jobs.spec_json(job("relu"))) == spec.ensembles["relu"].model_dump(mode="json")
    assert json.loads(jobs.simulation_json(None))["inputs"] == spec.simulation.inputs
    assert jobs.data(job("relu")) == []
    assert jobs.options(job("relu"), []) == ""
    assert jobs.data(job("digits")) == ["results/laptop/data/small_digits.h5"]
    assert jobs.options(job("digits"), ["elsewhere.h5"]) == "--data elsewhere.h5"
    assert "digits" in atlas.wildcard_constraints["ensemble"].split("|")
    files = atlas.evidence_files
    assert "results/laptop/ensembles/digits.h5" in files
    assert len(files) == len(set(files))


@pytest.mark.parametrize("name", ["relu", "digits"])
def test_larger_ensembles_need_more(tmp_path, name):
    spec = laptop().alignment_snr
    larger = spec.ensembles[name].model_copy(update={"draws": 500})
    small, large = (
        atlas_of(tmp_path, spec.model_copy(update={"ensembles": {name: one}})).ensembles
        for one in (spec.ensembles[name], larger)
    )
    assert small.memory(job(name)) < 500 < large.memory(job(name))
    assert small.minutes(job(name)) < 5 < large.minutes(job(name))
