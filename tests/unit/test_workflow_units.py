"""What the workflow makes of the section on convergent learning."""

import json
from types import SimpleNamespace

import pytest

from repatlas.config.laptop import laptop
from repatlas.runs import run_table
from repatlas.training.spec import INITIAL, epoch_name, parse_run
from repatlas.units.spec import parse_units
from repatlas.workflow import needs
from repatlas.workflow.atlas import Atlas
from repatlas.workflow.convergent_learning.groups import FINAL, UNTRAINED, unit_groups
from repatlas.workflow.convergent_learning.paper import ConvergentLearning
from repatlas.workflow.paths import Paths

GATHERED = "r/units/seeds/final.units.h5"
MATCHING = "r/matching/seeds/final.units.h5"
ALIGNMENTS = "r/alignments/seeds/final.units.h5"
UNTRAINED_ALIGNMENTS = "r/alignments/seeds/epoch-0000.units.h5"
DATA = "r/data/patches.h5"

CONTRACT = {
    "convergent1_correlation": ("unit_correlations", {"gathered", "matching"}),
    "convergent2_pairs": ("unit_pairs", {"gathered", "matching", "data"}),
    "convergent3_matches": ("unit_matches", {"matching", "untrained"}),
    "convergentS4_information": ("unit_information", {"gathered", "matching", "data"}),
    "convergentS11_activity": ("unit_activity", {"gathered", "data"}),
    "convergentS12_spectra": ("unit_spectra", {"gathered"}),
    "convergent4_mapping": ("unit_mapping", {"gathered", "maps", "data"}),
    "convergentT1_prediction": ("unit_prediction", {"maps"}),
    "convergentS9_clusters": ("unit_clusters", {"gathered", "clusters", "data"}),
    "bridging1_families": ("unit_families", {"alignments", "untrained", "widths"}),
    "bridging2_training": ("unit_training", {"alignments"}),
    "bridging3_shift": ("unit_shift", {"alignments"}),
    "bridging4_basis": ("unit_basis", {"alignments", "untrained"}),
    "units_measures": ("unit_measures", {"alignments", "untrained", "examples"}),
}


def study(**changes):
    """The default study, with changes to its section."""
    default = laptop()
    spec = default.convergent_learning.model_copy(update=changes)
    return default.model_copy(update={"convergent_learning": spec})


def paper(**changes):
    changed = study(**changes)
    return ConvergentLearning(run_table(changed), Paths("r"), changed.convergent_learning)


@pytest.fixture
def atlas(tmp_path):
    return Atlas(tmp_path, laptop())


@pytest.fixture
def bare(tmp_path):
    """A study without the section."""
    return Atlas(tmp_path, laptop().model_copy(update={"convergent_learning": None}))


def wildcards(group="seeds", checkpoint="final", probe="units"):
    return SimpleNamespace(group=group, checkpoint=checkpoint, probe=probe)


def test_groups_are_all_seeds_and_two_of_either_width():
    default = laptop()
    groups = unit_groups(run_table(default), default.convergent_learning)
    places = {name: [(run.width, run.seed) for run in runs] for name, runs in groups.items()}
    assert places == {
        "seeds": [(2, 0), (2, 1), (2, 2), (2, 3)],
        "widths": [(2, 0), (2, 1), (3, 0), (3, 1)],
    }
    assert unit_groups(run_table(default), None) == {}
    assert (epoch_name(INITIAL), "final") == (UNTRAINED, FINAL)


def test_figures_are_those_of_the_papers_with_their_scripts_and_options():
    plans = paper().figures()
    assert {name: (plan.script, set(plan.inputs)) for name, plan in plans.items()} == {
        name: (f"plot_{kind}.py", options) for name, (kind, options) in CONTRACT.items()
    }
    for name, plan in plans.items():
        assert plan.stem == f"r/figures/convergent_learning/{name}"
        assert json.loads(plan.layout)["least_train_accuracy"] == laptop().claims.fit_accuracy
    assert len({plan.shows for plan in plans.values()}) == len(plans)


def test_figures_have_their_files_in_the_order_of_what_they_show():
    plans = paper().figures()
    pairs = plans["convergent2_pairs"]
    assert pairs.inputs == {"gathered": [GATHERED], "matching": [MATCHING], "data": [DATA]}
    assert plans["bridging2_training"].inputs["alignments"] == [
        UNTRAINED_ALIGNMENTS,
        "r/alignments/seeds/step-00006.units.h5",
        "r/alignments/seeds/epoch-0001.units.h5",
        "r/alignments/seeds/epoch-0004.units.h5",
        ALIGNMENTS,
    ]
    assert plans["bridging3_shift"].inputs["alignments"] == [
        ALIGNMENTS,
        "r/alignments/seeds/final.units_noise_1.h5",
        "r/alignments/seeds/final.units_noise_5.h5",
    ]
    assert plans["bridging1_families"].inputs == {
        "alignments": [ALIGNMENTS],
        "untrained": [UNTRAINED_ALIGNMENTS],
        "widths": ["r/alignments/widths/final.units.h5"],
    }
    assert plans["convergent3_matches"].inputs["untrained"] == [
        "r/matching/seeds/epoch-0000.units.h5"
    ]


def test_figures_without_their_files_are_not_planned():
    units = laptop().convergent_learning.units.model_copy(update={"information_layers": 0})
    few = paper(wider=None, shifts={}, checkpoints=(), units=units).figures()
    assert set(CONTRACT) - set(few) == {
        "convergentS4_information",
        "bridging2_training",
        "bridging3_shift",
    }
    assert set(few["bridging1_families"].inputs) == {"alignments", "untrained"}


def test_evidence_names_every_file_once():
    whole = paper()
    units, files = whole.evidence().units, whole.evidence_files()
    assert len(files) == len(set(files))
    assert {str(path) for path in units.records.values()} <= set(files)
    assert list(units.over_training) == list(laptop().convergent_learning.checkpoints)
    assert list(units.shifts) == ["weak_noise", "strong_noise"]
    # The final and the untrained networks' maps stand in two places each.
    assert len(files) == len(units.records) + len(units.over_training) + len(units.shifts) - 1
    few = paper(wider=None, shifts={}, checkpoints=())
    assert "alignments_widths" not in few.evidence().units.records
    assert UNTRAINED_ALIGNMENTS in few.evidence_files()


def test_jobs_are_told_their_networks_and_weights(atlas):
    jobs, paths = atlas.unit_jobs, atlas.paths
    runs = [parse_run(json.dumps(run)) for run in json.loads(jobs.runs_json(wildcards("widths")))]
    assert [run.width for run in runs] == [2, 2, 3, 3]
    assert jobs.weights(wildcards("widths")) == [paths.model(run) for run in runs]
    early = jobs.weights(wildcards(checkpoint="step-00006"))
    assert early == [paths.checkpoints(run) for run in jobs.groups["seeds"]]
    assert jobs.stores(wildcards())[1] == paths.store(jobs.groups["seeds"][1], "units")
    assert jobs.data(wildcards()) == paths.data("patches")
    assert jobs.alphas.split()[:2] == ["0.0", "0.001"]


def test_images_of_other_data_come_from_their_own_file(atlas):
    probe = atlas.study.probes["units"].model_copy(update={"data": "digits"})
    other = atlas.study.model_copy(update={"probes": atlas.study.probes | {"other": probe}})
    jobs = Atlas(atlas.base, other).unit_jobs
    assert jobs.data(wildcards(probe="other")) == atlas.paths.data("digits")


@pytest.mark.parametrize(
    ("place", "layers"),
    [
        ({}, 2),
        ({"group": "widths"}, 0),
        ({"checkpoint": "epoch-0000"}, 0),
        ({"probe": "units_noise_1"}, 0),
    ],
)
def test_joint_counts_are_taken_only_where_they_are_looked_at(atlas, place, layers):
    spec = parse_units(atlas.unit_jobs.units_json(wildcards(**place)))
    assert spec.information_layers == layers
    assert spec.patches == atlas.study.convergent_learning.units.patches


def test_needs_grow_with_the_number_of_units(atlas):
    jobs = atlas.unit_jobs
    assert jobs.relate_memory(wildcards()) < jobs.relate_memory(wildcards("widths")) < 500
    # Joint counts take room.
    assert jobs.gather_memory(wildcards(probe="units_noise_1")) < jobs.gather_memory(wildcards())
    assert jobs.gather_memory(wildcards()) < 1500
    assert 0 < jobs.gather_minutes(wildcards()) < jobs.gather_minutes(wildcards("widths")) < 10
    network = jobs.groups["seeds"][0]
    imported = network.network_spec.model_copy(update={"family": "imported"})
    wide = network.model_copy(update={"network_spec": imported, "depth": 0, "width": 0})
    assert needs.widest_layer(wide) == needs.WIDEST > needs.widest_layer(network) == 128


def test_the_atlas_joins_what_all_papers_are_judged_on(atlas):
    assert [each.name for each in atlas.papers] == [
        "block_structure",
        "convergent_learning",
        "alignment_snr",
        "universality",
    ]
    assert atlas.evidence.roles == atlas.block_structure.evidence().roles
    assert atlas.evidence.noise == atlas.alignment_snr.evidence().noise
    assert atlas.evidence.units == atlas.convergent_learning.evidence().units
    assert set(atlas.convergent_learning.evidence_files()) < set(atlas.evidence_files)
    assert atlas.wildcard_constraints["group"] == "seeds|widths"
    assert atlas.stages[-3:] == ("units", "ensembles", "dynamics")


def test_a_study_without_the_section_has_nothing_of_it(bare):
    assert [each.name for each in bare.papers] == [
        "block_structure",
        "alignment_snr",
        "universality",
    ]
    assert bare.evidence.units is None
    assert bare.unit_jobs is None
    assert "units" not in bare.stages
    assert bare.wildcard_constraints["group"] == "(?!)"
