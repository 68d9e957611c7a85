"""Learners of noisy labels in the workflow."""

import json

import yaml
from conftest import TINY
from tiny_study import ROOT


def test_the_smoke_study_plans_simulation_ensembles_and_figures(checkout):
    smoke = (ROOT / "workflow" / "studies" / "smoke.yaml").read_text()
    checkout.write_study(yaml.safe_load(smoke))
    planned = checkout.planned("alignment_snr")
    assert planned["simulate_alignment"] == 1
    assert planned["train_ensemble"] == 5
    assert planned["prepare_data"] == 1
    assert len([rule for rule in planned if rule.startswith("noise")]) == 6
    assert "train" not in planned


def test_a_study_without_the_section_plans_nothing_of_it(checkout):
    checkout.write_study({key: value for key, value in TINY.items() if key != "alignment_snr"})
    planned = checkout.planned()
    assert "fig1a_emergence" in planned
    assert not {"simulate_alignment", "train_ensemble", "noise1_theory"} & set(planned)


def test_claims_on_noise_have_values(finished):
    claims = json.loads((finished.folder / "results/tiny/claims.json").read_text())
    values = {claim["id"]: claim["value"] for claim in claims}
    assert values["N3-linear"] is not None
    assert values["N3-relu"] is None
