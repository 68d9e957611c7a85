"""Every claim about units of several networks, on files in which its verdict is planted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from planted_unit_claims import FAILING, HOLDING, World, write_units

from repatlas.claims.cells import Evidence
from repatlas.claims.evidence import EvidenceFiles
from repatlas.claims.ledger import StudyFacts, judge_claims
from repatlas.claims.load import load_claims
from repatlas.claims.spec import ClaimsSpec
from repatlas.claims.unit_tables import layer_places, pair_table
from repatlas.errors import InputError
from repatlas.units.results import Alignments, Matching

FILE = Path(__file__).parents[2] / "workflow" / "claims" / "convergent_learning.yaml"
CLAIMS = load_claims(FILE)
IDS = [claim.id for claim in CLAIMS.claims]

COMPLEMENTS = {
    "L1-others": {"strong": (0.9,) * 3, "weak": (0.9,) * 3},
    "L1-shared": {"loss": 0.0},
    "L3-several": {"predictors": (8, 6, 1, 1)},
    "K1-orthogonal": {"procrustes": (0.6, 0.5, 0.4)},
}
"""What fails only where another claim holds, and the world in which it does."""


def judged(files, names=IDS, scale="paper"):
    spec = ClaimsSpec(bootstrap=200, permutations=100)
    some = CLAIMS.model_copy(
        update={"claims": [claim for claim in CLAIMS.claims if claim.id in names]}
    )
    entries = judge_claims([some], files, spec, StudyFacts("planted", scale))
    return {entry.id: entry for entry in entries}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return write_units(tmp_path_factory.mktemp("holding"))


@pytest.fixture(scope="module")
def holding(files):
    return judged(files)


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    return judged(write_units(tmp_path_factory.mktemp("failing"), FAILING))


@pytest.mark.parametrize("name", IDS)
def test_reproduced_where_it_holds(holding, name):
    entry = holding[name]
    assert entry.verdict == "reproduced", (entry.value, entry.reason, entry.left_out)


@pytest.mark.parametrize("name", [name for name in IDS if name not in COMPLEMENTS])
def test_not_reproduced_where_it_fails(failing, name):
    entry = failing[name]
    assert entry.verdict == "not reproduced", (entry.value, entry.reason, entry.left_out)


@pytest.mark.parametrize("name", COMPLEMENTS)
def test_not_reproduced_where_its_complement_holds(tmp_path, name):
    world = replace(HOLDING, **COMPLEMENTS[name])
    assert judged(write_units(tmp_path, world), [name])[name].verdict == "not reproduced"


def test_values_are_those_planted(holding, failing):
    values = {name: entry.value for name, entry in holding.items()}
    assert values["L1-some"] == 0.5
    assert values["L1-kept"] == 0.75
    assert values["L1-gap"] == pytest.approx((0.025 / 0.6 + 2 * 0.025 / 0.45) / 3, abs=1e-6)
    assert values["L1-first"] == pytest.approx(0.15)
    assert values["L1-information"] == 0.75
    assert values["L1-heldout"] == pytest.approx(0.02)
    assert values["L1-shuffled"] == pytest.approx(0.5 - 0.1)
    assert values["L1-untrained"] == pytest.approx(0.48 - 0.2)
    assert values["L2-mixed"] == pytest.approx(3 / 5 - 0.1)
    assert values["L2-balance"] == 0
    assert failing["L2-balance"].value == pytest.approx((4 / 8 + 5 / 7) / 2, abs=1e-6)
    assert values["L2-subspace"] == pytest.approx(0.95)
    assert failing["L2-subspace"].value == pytest.approx(-0.1)
    # The units of the two clusters of several are those with strong matches.
    assert values["L2-basis"] == pytest.approx(0.95 - (0.88 + 2 * 0.68) / 3, abs=1e-6)
    assert values["L3-flat"] == pytest.approx(0.01 / 0.4)
    assert values["L3-rise"] == pytest.approx(0.35 / 0.4)
    assert values["L3-few"] == 3
    assert values["L3-share"] == pytest.approx(0.9)
    assert values["L3-deep"] == pytest.approx(0.25)
    assert values["L3-exact"] == pytest.approx(0.03)
    assert values["L3-shuffled"] == pytest.approx(0.5 - (0.1 + 2 * 0.35) / 3, abs=1e-6)
    assert values["K1-linear"] == pytest.approx((0.04 + 0.06 + 0.06) / 3, abs=1e-6)
    assert values["K1-chance"] == pytest.approx(1.6 / 3 - 0.05, abs=1e-6)
    assert values["K1-basis"] == pytest.approx(1.6 / 3 - 0.3, abs=1e-6)
    assert values["K1-basis-trained"] == pytest.approx(1.6 / 3 - 0.3 - 0.05, abs=1e-6)
    assert values["K1-linear-trained"] == pytest.approx(0.3)
    assert values["K2-epoch"] == pytest.approx(0.95)
    assert values["K2-accuracy"] == pytest.approx(0.95 - 0.5)
    whole = (0.86 + 0.74 + 0.64) / 3
    assert values["K2-gain"] == pytest.approx((0.95 * whole - 0.4) / (whole - 0.4), abs=1e-6)
    assert values["K3-early"] == pytest.approx(0.05)
    assert values["K3-deep"] == pytest.approx(0.3 - 0.05)
    assert values["K3-dose"] == pytest.approx(0.2)
    assert values["K4-permutation"] == pytest.approx(0.2)
    assert values["M1-rsa"] == pytest.approx((0.7 + 0.5 + 0.4) / 3, abs=1e-6)


def test_spectra_are_compared_rank_by_rank(holding):
    # Seeds are 1 to 3 places apart, 5/3 on average; the range itself is longer by what is on top.
    assert holding["L4-top"].value == pytest.approx(5 / 3 * (0.3 - 0.01), abs=1e-6)
    ranges = [1 + 0.29 * seed for seed in range(4)]
    assert holding["L4-range"].value == pytest.approx(np.mean(ranges), abs=1e-6)
    parts = [
        0.01 * (j - i) / ((ranges[i] + ranges[j]) / 2) for i in range(4) for j in range(i + 1, 4)
    ]
    assert holding["L4-spectra"].value == pytest.approx(np.mean(parts), abs=1e-6)
    assert [item.label for item in holding["L4-range"].per_seed] == [
        f"convnet 5-2x, seed {seed}" for seed in range(4)
    ]


def test_every_pair_of_seeds_has_a_value_and_seeds_are_drawn(holding):
    assert len(holding["L1-some"].per_seed) == 6
    assert holding["L1-some"].seeds == 4
    assert holding["L1-some"].per_seed[0].label == "convnet 5-2x, seed 0 and seed 1"
    # Of two widths, pairs are those across them.
    assert [item.label for item in holding["K1-widths"].per_seed] == [
        f"convnet 5-2x, seed {one} and convnet 5-3x, seed {two}" for one in (0, 1) for two in (0, 1)
    ]


def test_networks_that_did_not_fit_are_left_out_and_named(tmp_path):
    # Their accuracy before or in training says nothing: that of the final weights counts.
    found = judged(write_units(tmp_path, accuracies=(1.0, 0.96, 0.4, 1.0, np.nan)))
    notes = (
        "convnet 5-2x, seed 2 (train accuracy 40.0%)",
        "convnet 5-2x, seed 4 (train accuracy unknown)",
    )
    for name, entry in found.items():
        if name == "K1-widths":
            continue
        assert entry.not_fitted == notes, name
        assert entry.seeds == 3, name
        assert not [item for item in entry.per_seed if "2x, seed 2" in item.label]
        if name != "L4-range":
            assert len(entry.per_seed) == 3, name
    assert found["K2-epoch"].verdict == "reproduced"


def test_two_seeds_make_a_value_but_no_verdict(tmp_path):
    entry = judged(write_units(tmp_path, accuracies=(1.0, 1.0)), ["L1-kept"])["L1-kept"]
    assert (entry.verdict, entry.value) == ("undecided", 0.75)
    assert entry.reason == "2 of the 3 seeds needed have a value"


def test_without_any_network_that_fitted_there_is_no_value(tmp_path):
    entry = judged(write_units(tmp_path, accuracies=(0.2, 0.3)), ["L2-mixed"])["L2-mixed"]
    assert entry.value is None
    assert "2 not fitted" in entry.reason


@pytest.mark.parametrize("name", IDS)
def test_a_study_without_units_is_undecided(name):
    entry = judged(EvidenceFiles(), [name])[name]
    assert entry.verdict == "undecided"
    assert entry.reason == "this study relates no units of several networks"


def test_what_was_not_looked_at_is_named(files):
    units = files.units
    only = units.model_copy(
        update={
            "records": {"matching": units.records["matching"]},
            "over_training": {},
            "shifts": {"weak": units.shifts["weak"]},
        }
    )
    found = judged(files.model_copy(update={"units": only}))
    assert found["L1-some"].verdict == "reproduced"
    assert found["L2-mixed"].reason == "this study has no clusters of units of two seeds"
    assert found["L4-range"].reason == "this study has no gathered units of several seeds"
    assert found["K2-epoch"].reason == "this study has no maps between seeds at epoch-0001"
    assert found["K3-dose"].reason == "this study has a single shift of its images"
    assert found["K1-widths"].reason == "this study has no maps between networks of two widths"


def test_undefined_values_are_left_out_with_their_reason(tmp_path):
    apart = World(clusters=((1, 0),) * 8 + ((0, 1),) * 8, first_errors=(0.5, 0.51, 0.5, 0.6))
    found = judged(write_units(tmp_path, apart), ["L2-balance", "L2-basis", "L3-few", "L2-mixed"])
    assert found["L2-mixed"].value == pytest.approx(-0.1)
    for name, reason in (
        ("L2-balance", "no cluster with units of both networks in some layer"),
        ("L2-basis", "no cluster with several units of both networks"),
        ("L3-few", "no unit is predicted at all"),
    ):
        entry = found[name]
        assert (entry.verdict, entry.value, len(entry.left_out)) == ("undecided", None, 6)
        assert entry.left_out[0] == f"convnet 5-2x, seed 0 and seed 1: {reason}"


def test_training_that_adds_nothing_has_no_parts(tmp_path):
    world = replace(HOLDING, procrustes=(0.41, 0.4, 0.41))
    entry = judged(write_units(tmp_path, world), ["K2-gain"])["K2-gain"]
    assert entry.value is None
    assert entry.left_out[0].endswith("training adds nothing to the score")


def test_strengths_that_were_not_tried_are_named(files):
    claim = next(claim for claim in CLAIMS.claims if claim.id == "L3-rise")
    for alpha, verdict in ((0.7, "reproduced"), (0.05, "undecided"), (5.0, "undecided")):
        other = claim.model_copy(update={"arguments": {"alpha": alpha}})
        paper = CLAIMS.model_copy(update={"claims": [other]})
        (entry,) = judge_claims(
            [paper], files, ClaimsSpec(bootstrap=200), StudyFacts("planted", "paper")
        )
        assert entry.verdict == verdict
    assert entry.reason == "this study has no sparse maps of a strength near 5"


def test_layers_stand_as_in_the_file_and_not_by_name():
    titles = np.array(["fc1", "conv2", "fc1", "conv10", "conv2"])
    known, places = layer_places(titles)
    assert known == ("fc1", "conv2", "conv10")
    assert places.tolist() == [0, 1, 0, 2, 1]


def test_both_directions_of_a_pair_count_alike(files):
    units = Evidence(files, ClaimsSpec()).units
    record = units.record(Alignments, "alignments")
    chosen = (record.measure == "linear") & (record.variant == "native")
    table = pair_table(units, record, record.value, chosen)
    assert table.values == pytest.approx(np.tile(HOLDING.linear, (6, 1)))


def test_files_are_read_once(files, monkeypatch):
    units = Evidence(files, ClaimsSpec()).units
    first = units.record(Matching, "matching")
    monkeypatch.setattr("repatlas.claims.units.read_group_record", None)
    assert units.record(Matching, "matching") is first


def test_tables_of_other_networks_are_refused(files, tmp_path):
    fewer = write_units(tmp_path, accuracies=(1.0,) * 3)
    mixed = files.units.model_copy(
        update={
            "records": files.units.records
            | {"matching_untrained": fewer.units.records["matching_untrained"]}
        }
    )
    with pytest.raises(InputError, match="not about the same layers and networks"):
        judged(files.model_copy(update={"units": mixed}), ["L1-untrained"])
