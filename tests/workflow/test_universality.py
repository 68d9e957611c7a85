"""Networks that are followed while they learn, in the workflow."""

import yaml
from conftest import TINY
from tiny_study import ROOT


def test_the_smoke_study_plans_what_its_figures_show(checkout):
    smoke = (ROOT / "workflow" / "studies" / "smoke.yaml").read_text()
    checkout.write_study(yaml.safe_load(smoke))
    planned = checkout.planned("universality")
    # Two networks of a pair, a grid, a law and equal targets.
    assert planned["follow_points"] == 5
    assert planned["follow_xor"] == 2
    assert planned["follow_context"] == 1
    assert planned["follow_images"] == 1
    assert planned["prepare_data"] == 1
    # Of the pairs of points, and of the images.
    assert planned["fit_trajectories"] == 3
    assert planned["predict_distances"] == 1
    assert planned["measure_layer_law"] == 1
    assert planned["compare_geometry"] == 1
    figures = [rule for rule in planned if rule.startswith(("universal", "beyond_"))]
    assert len(figures) == 15
    assert "train" not in planned


def test_a_study_without_the_section_plans_nothing_of_it(checkout):
    checkout.write_study(TINY)
    assert not {"follow_points", "universal1_trajectories"} & set(checkout.planned())
