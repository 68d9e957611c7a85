"""Relations between units of several networks, planned and run for real."""

from pathlib import Path

import pytest
from conftest import TINY, Checkout
from made_once import made_once

GRID = {
    "data": "photos",
    "network": "convnet",
    "training": "standard",
    "depths": [3],
    "widths": [1],
    "seeds": [0, 1],
}

STUDY = TINY | {
    "networks": {"convnet": {"family": "convnet"}},
    "probes": {
        "test": {"split": "test", "batch_size": 20, "components": 3},
        "noisy": {"corruption": "gaussian_noise", "batch_size": 20, "components": 3},
    },
    "grids": {"units": GRID, "wider": GRID | {"widths": [2]}},
    "block_structure": {"probe": "test", "emergence": {"deeper": "units"}},
    "convergent_learning": {
        "cell": {"grid": "units", "depth": 3, "width": 1},
        "wider": {"grid": "wider", "depth": 3, "width": 2},
        "probe": "test",
        "checkpoints": ["epoch-0001"],
        "shifts": {"noise": "noisy"},
    },
}


@pytest.fixture(scope="module")
def related(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy in which one figure on units has been drawn; tests must leave it as it is."""
    return made_once(tmp_path_factory, "related", relate)


def relate(checkout: Checkout) -> None:
    """Draw the figure."""
    checkout.write_study(STUDY)
    done = checkout.snakemake("convergent3_matches")
    assert done.returncode == 0, done.stdout


@pytest.fixture
def planned(checkout: Checkout) -> Checkout:
    """A fresh copy with the study."""
    checkout.write_study(STUDY)
    return checkout


def test_every_relation_is_planned_once(planned):
    jobs = planned.planned("convergent_learning")
    # Final, untrained and early networks, shifted images, and two widths.
    assert {rule: jobs[rule] for rule in ("train", "gather_units", "align_units")} == {
        "train": 4,
        "gather_units": 5,
        "align_units": 5,
    }
    assert {rule: jobs[rule] for rule in ("match_units", "map_units", "cluster_units")} == {
        "match_units": 2,
        "map_units": 1,
        "cluster_units": 1,
    }
    assert (jobs["extract"], jobs["measure_examples"]) == (2, 1)
    assert len([rule for rule in jobs if rule.startswith(("convergent", "bridging"))]) == 13 + 1
    assert "compare_layers" not in jobs


def test_claims_need_the_relations_and_figures_are_among_all(planned):
    jobs = planned.planned("claims")
    assert (jobs["gather_units"], jobs["judge_claims"]) == (5, 1)
    assert {"convergent1_correlation", "fig1a_emergence"} <= set(planned.planned("figures"))


def test_a_study_without_the_section_has_none_of_the_rules(planned):
    planned.write_study({key: STUDY[key] for key in STUDY if key != "convergent_learning"})
    assert not {"gather_units", "match_units"} & set(planned.planned())
    assert planned.snakemake("--dry-run", "convergent_learning").returncode != 0


def test_a_group_that_does_not_exist_matches_no_rule(planned):
    done = planned.snakemake("--dry-run", "results/tiny/matching/sedes/final.test.h5")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout


def test_the_figure_is_drawn_from_trained_and_untrained_networks(related):
    results = related.folder / "results/tiny"
    for ending in ("png", "svg", "pdf", "csv"):
        assert (results / f"figures/convergent_learning/convergent3_matches.{ending}").is_file()
    for checkpoint in ("final", "epoch-0000"):
        assert (results / f"matching/seeds/{checkpoint}.test.h5").is_file()
    assert related.planned("convergent3_matches") == {}


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def test_an_edited_matching_retrains_and_gathers_nothing(related):
    module = related.folder / "src/repatlas/units/matching.py"
    whole = module.read_text()
    append(module, "\nEDITED = True\n")
    try:
        jobs = set(related.planned("convergent3_matches"))
    finally:
        module.write_text(whole)
    assert "match_units" in jobs
    assert not {"gather_units", "train"} & jobs
