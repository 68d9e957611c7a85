"""Every claim on noise and sample size, on records whose verdict is planted."""

from pathlib import Path

import pytest
from planted_noise import write_noise

from repatlas.claims.evidence import EvidenceFiles, NoiseFiles, read_evidence
from repatlas.claims.ledger import StudyFacts, judge_claims
from repatlas.claims.load import load_claims
from repatlas.claims.spec import ClaimsSpec

CLAIMS = load_claims(Path(__file__).parents[2] / "workflow" / "claims" / "alignment_snr.yaml")
IDS = [claim.id for claim in CLAIMS.claims]
GOVERN = ["N1-linear", "N1-relu", "N1-images"]
SILENT = ["N5-exact", "N5-linear"]


def judged(files):
    spec = ClaimsSpec(bootstrap=300, permutations=100)
    entries = judge_claims([CLAIMS], EvidenceFiles(noise=files), spec, StudyFacts("x", "laptop"))
    return {entry.id: entry for entry in entries}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("noise")
    outcomes = ("holding", "failing", "scrambled")
    return {name: judged(write_noise(folder / name, name)) for name in outcomes}


@pytest.mark.parametrize("name", IDS)
def test_reproduced_where_it_holds(found, name):
    assert found["holding"][name].verdict == "reproduced", found["holding"][name]


@pytest.mark.parametrize("name", [name for name in IDS if name not in GOVERN + SILENT])
def test_not_reproduced_where_it_fails(found, name):
    assert found["failing"][name].verdict == "not reproduced", found["failing"][name]


@pytest.mark.parametrize("name", GOVERN)
def test_settings_that_tell_nothing_of_another_draw_do_not_govern(found, name):
    assert found["scrambled"][name].verdict == "not reproduced", found["scrambled"][name]
    # A draw must not take part in its own prediction: by chance alone that would explain a third.
    assert found["scrambled"][name].value < 0


def test_alignment_that_only_rises_has_no_dip(tmp_path):
    entry = judged(write_noise(tmp_path, "rising"))["N4-relu"]
    assert entry.value == pytest.approx(0.1 - 0.4)
    assert entry.verdict == "not reproduced"


@pytest.mark.parametrize("name", SILENT)
def test_without_well_aligned_settings_there_is_nothing_to_compare(found, name):
    entry = found["failing"][name]
    assert entry.verdict == "undecided"
    assert "fewer than two settings with alignment above 0.9" in entry.left_out[0]


def test_values_are_those_planted(found):
    holding = found["holding"]
    assert holding["N2-shared"].value < 0.011
    assert holding["N2-error"].value == pytest.approx(0)
    assert holding["N3-exact"].value == pytest.approx(1)
    assert holding["N4-place-relu"].value == 0
    # Alignment above chance at SNR 100 and eight times the threshold.
    assert holding["N1-above-chance-relu"].value == pytest.approx(
        1 / (1 + 1 / 700) - 0.02, abs=0.01
    )
    # At an eighth of the inputs 7/8 of the teacher is not known; at eight times 1/700 is wrong.
    assert holding["N5-exact"].value == pytest.approx(0.875 + 0.125 / 0.875 / 10, abs=0.02)
    assert found["failing"]["N5-relu"].value == 0


def test_every_repetition_counts_as_a_seed(found):
    assert found["holding"]["N3-exact"].seeds == 4
    assert found["holding"]["N3-relu"].seeds == 3
    labels = [item.label for item in found["holding"]["N3-relu"].per_seed]
    assert labels == [f"ReLU networks, repetition {number}" for number in range(3)]


def test_what_a_study_lacks_is_named(tmp_path):
    nothing = judged(NoiseFiles())
    assert {entry.verdict for entry in nothing.values()} == {"undecided"}
    assert nothing["N2-shared"].reason == "this study has no exact solutions of noisy regression"
    assert nothing["N3-images"].reason == "this study has no ensemble of networks that learn images"
    some = judged(write_noise(tmp_path, "holding", ("relu",)))
    assert some["N3-relu"].verdict == "reproduced"
    assert some["N3-linear"].verdict == "undecided"


def test_evidence_names_records_of_noise():
    text = '{"noise": {"simulation": "s.h5", "ensembles": {"relu": "r.h5"}}}'
    assert read_evidence(text).noise.ensembles == {"relu": Path("r.h5")}


def test_smoke_studies_decide_nothing(tmp_path):
    files = EvidenceFiles(noise=write_noise(tmp_path, "holding"))
    entries = judge_claims([CLAIMS], files, ClaimsSpec(), StudyFacts("x", "smoke"))
    assert {entry.verdict for entry in entries} == {"undecided"}
