"""Every claim on followed networks, on records whose verdict is planted."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from planted_universality import TARGET, records, write_universality

from repatlas.claims.evidence import EvidenceFiles, UniversalityFiles
from repatlas.claims.ledger import StudyFacts, judge_claims
from repatlas.claims.load import load_claims
from repatlas.claims.spec import ClaimsSpec

CLAIMS = load_claims(Path(__file__).parents[2] / "workflow" / "claims" / "universality.yaml")
IDS = [claim.id for claim in CLAIMS.claims]

ONE_SIDED = ["U5-not-late"]
"""Claims that are true of a network whose first layer is fitted best."""


def judged(files, *names):
    spec = ClaimsSpec(bootstrap=100, permutations=100)
    evidence = EvidenceFiles(universality=files)
    chosen = tuple(claim for claim in CLAIMS.claims if claim.id in (names or IDS))
    some = CLAIMS.model_copy(update={"claims": chosen})
    entries = judge_claims([some], evidence, spec, StudyFacts("x", "laptop"))
    return {entry.id: entry for entry in entries}


def changed(record, **values):
    return dataclasses.replace(record, **values)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("universality")
    return {
        outcome: judged(write_universality(folder / outcome, records(outcome)))
        for outcome in ("holding", "failing")
    }


@pytest.mark.parametrize("name", IDS)
def test_reproduced_where_it_holds(found, name):
    assert found["holding"][name].verdict == "reproduced", found["holding"][name]


@pytest.mark.parametrize("name", [name for name in IDS if name not in ONE_SIDED])
def test_not_reproduced_where_it_fails(found, name):
    assert found["failing"][name].verdict == "not reproduced", found["failing"][name]


def test_values_are_those_planted(found):
    values = {name: entry.value for name, entry in found["holding"].items()}
    assert values["U1-default"] == pytest.approx(0.02, rel=0.02)
    assert values["U1-dip"] == pytest.approx(-1, abs=0.01)
    assert values["U5-not-late"] == pytest.approx(5 / 8)
    assert values["U5-first"] == pytest.approx(6)
    assert values["U5-last"] == pytest.approx(4)
    assert values["U5-output-rate"] == 0
    assert values["U9-sign"] == pytest.approx(3)
    assert values["V1-slope"] == pytest.approx(np.log(1.1), rel=1e-3)
    assert values["V3-times"] == pytest.approx(np.log(1.1), rel=1e-3)
    assert values["V4-closer"] == pytest.approx(0.4)
    assert values["U8-compressed"] == pytest.approx(0.1)
    assert values["U8-orthogonal"] == pytest.approx(0, abs=1e-6)
    assert values["U8-shared"] == pytest.approx(1)
    assert values["V2-rich"] == pytest.approx(0.95, abs=0.01)
    assert values["V5-aligned"] == pytest.approx(np.log(1.1), rel=1e-3)


def test_a_plateau_is_found_where_the_loss_stays(found):
    assert found["holding"]["U3-plateau"].value < 0.02
    assert found["failing"]["U3-plateau"].value == pytest.approx(1, abs=0.05)


def test_networks_that_have_not_learnt_are_left_out_and_told(tmp_path):
    known = records("holding")
    course = known["trajectories"]["default"]
    learnt = np.array([True, False, True, True])
    known["trajectories"]["default"] = changed(course, converged=learnt)
    entry = judged(write_universality(tmp_path, known), "U1-default")["U1-default"]
    assert entry.seeds == 3
    assert entry.left_out == ("default, seed 1: its pair is not learnt",)


def test_pairs_that_are_not_learnt_tell_nothing_of_final_distances(tmp_path):
    known = records("holding")
    grid = known["distances"]["default"]
    measured = grid.measured.copy()
    measured[5] = 99.0
    learnt = np.arange(len(measured)) != 5
    known["distances"]["default"] = changed(grid, measured=measured, converged=learnt)
    entry = judged(write_universality(tmp_path, known), "U4-identity")["U4-identity"]
    assert entry.verdict == "reproduced"
    assert entry.per_seed[0].label == "default, seed 10"


def test_a_regime_without_grids_is_named(tmp_path):
    known = records("holding")
    known["distances"] = {"default": known["distances"]["default"]}
    entry = judged(write_universality(tmp_path, known), "U4-lazy")["U4-lazy"]
    assert entry.verdict == "undecided"
    assert entry.reason == "this study has no grid of pairs in the lazy regime"


def test_networks_that_a_study_lacks_do_not_count_among_many(tmp_path):
    known = records("holding")
    for part in ("trajectories", "fits"):
        known[part] = {name: known[part][name] for name in ("default", "tanh")}
    entries = judged(write_universality(tmp_path, known), "U2-all", "U2-elu")
    assert entries["U2-all"].verdict == "reproduced"
    assert {item.label.partition(",")[0] for item in entries["U2-all"].per_seed} == {
        "default",
        "tanh",
    }
    assert entries["U2-elu"].verdict == "undecided"
    assert "with the name elu" in entries["U2-elu"].reason


def test_one_fitted_layer_says_nothing_of_depth(tmp_path):
    known = records("holding")
    fitted = known["fits"]["default"]
    error = np.full_like(fitted.error, np.nan)
    error[:, 5] = 0.02
    known["fits"]["default"] = changed(fitted, error=error)
    entry = judged(write_universality(tmp_path, known), "U5-first")["U5-first"]
    assert entry.verdict == "undecided"
    assert entry.reason == "theory is not fitted at all layers of default"


def test_a_task_that_is_not_learnt_says_nothing(tmp_path):
    known = records("holding")
    known["context"] = changed(known["context"], loss=np.full(12, TARGET))
    entry = judged(write_universality(tmp_path, known), "U8-compressed")["U8-compressed"]
    assert entry.verdict == "undecided"
    assert entry.left_out[0] == "low_init, seed 0: the task is not learnt"


def test_what_a_study_lacks_is_named():
    nothing = judged(UniversalityFiles())
    assert {entry.verdict for entry in nothing.values()} == {"undecided"}
    assert nothing["U8-kept"].reason == "this study has no network of the context task"
    assert nothing["U2-all"].reason == (
        "this study has none of the networks of which the claim speaks"
    )
