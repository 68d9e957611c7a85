"""Every claim about networks as they are, on studies where its verdict is planted."""

import numpy as np
import pytest
from planted_ledgers import CLAIMS, IDS, ledger
from planted_representations import OWN
from planted_stores import Planted, everywhere

from repatlas.claims.evidence import EvidenceFiles
from repatlas.claims.ledger import StudyFacts, judge_claims
from repatlas.claims.spec import ClaimsSpec
from repatlas.similarity.dominant import dominant, overlap

BLOCK, PLAIN = everywhere("block"), everywhere("plain", depth=14)
MIXED = Planted({0: "block", 1: "plain", 2: "block"}, depth=80)
MOSTLY_PLAIN = Planted({0: "plain", 1: "plain", 2: "block"}, depth=20)
# Which planted study speaks to which claims.
DEPTH_AND_WIDTH = [name for name in IDS if name.startswith(("A1-depth", "A1-width"))]
ABOUT_A_BLOCK = [
    "A2-share", "A2-cosine", "A2-removal", "A3-across", "A3-contrast", "A4-dominant", "A4-seeds"
]  # fmt: skip
CONTROLS = ["A2-cosine-control", "A2-removal-control", "A3-small"]
COLORS = ["A4-color-border", "A4-color-mean", "A4-color-control"]


ALL = DEPTH_AND_WIDTH + ABOUT_A_BLOCK + CONTROLS + COLORS


@pytest.fixture(scope="module")
def holding(tmp_path_factory):
    """A study in which everything that the paper claims holds."""
    roles = {
        "deepest": BLOCK,
        "shallowest": PLAIN,
        "widest": BLOCK,
        "narrowest": PLAIN,
        "large": BLOCK,
        "small": PLAIN,
    }
    return ledger(tmp_path_factory.mktemp("holding"), roles, ALL)


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    """Small networks have the block; the large one has none but layers that are all alike."""
    roles = {
        "deepest": PLAIN,
        "shallowest": BLOCK,
        "widest": PLAIN,
        "narrowest": BLOCK,
        "large": everywhere("alike", depth=20),
        "small": BLOCK,
    }
    return ledger(tmp_path_factory.mktemp("failing"), roles, ALL)


@pytest.fixture(scope="module")
def alike_seeds(tmp_path_factory):
    """The same images carry the block in every seed, and their colours differ most."""
    return ledger(tmp_path_factory.mktemp("alike"), {"large": everywhere("same")}, ALL, "spread")


@pytest.fixture(scope="module")
def wavering(tmp_path_factory):
    """One seed of three has no block."""
    roles = {"deepest": MIXED, "shallowest": PLAIN, "widest": MIXED, "narrowest": PLAIN}
    roles |= {"large": MIXED, "small": MOSTLY_PLAIN}
    return ledger(tmp_path_factory.mktemp("wavering"), roles, ALL)


@pytest.mark.parametrize("name", ALL)
def test_reproduced_where_it_holds(holding, name):
    assert holding[name].verdict == "reproduced", holding[name].reason


@pytest.mark.parametrize("name", DEPTH_AND_WIDTH + ABOUT_A_BLOCK + CONTROLS)
def test_not_reproduced_where_it_fails(failing, name):
    assert failing[name].verdict == "not reproduced", failing[name].reason


@pytest.mark.parametrize("name", [*COLORS, "A3-across", "A3-contrast", "A4-seeds"])
def test_not_reproduced_where_seeds_agree_and_colors_do_not(alike_seeds, name):
    assert alike_seeds[name].verdict == "not reproduced", alike_seeds[name].reason


@pytest.mark.parametrize("name", ALL)
def test_undecided_where_seeds_disagree(wavering, name):
    assert wavering[name].verdict == "undecided", wavering[name].reason


@pytest.mark.parametrize("name", ABOUT_A_BLOCK + COLORS)
def test_network_without_block_is_named(wavering, name):
    assert wavering[name].left_out == ("RN-80 1x, seed 1: no block",)


@pytest.mark.parametrize("name", DEPTH_AND_WIDTH)
def test_emergence_reaches_across_the_threshold_where_a_seed_has_no_block(wavering, name):
    assert "reaches across" in wavering[name].reason


def test_values_are_those_planted(holding):
    # Nine tenths of the variance, the four images of a seed, one of its colours.
    # The block takes up six of eight block outputs; layers of small networks are runs of one.
    assert holding["A1-depth"].value == 0.75
    assert holding["A1-depth-contrast"].value == 0.75
    assert holding["A1-depth-cka"].value == 0.75
    assert holding["A1-depth-cka-contrast"].value == 0.75 - 0.125
    assert holding["A2-share"].value == pytest.approx(0.9, abs=0.01)
    assert holding["A2-removal"].value == pytest.approx(1, abs=0.05)
    assert holding["A3-across"].value == pytest.approx(0, abs=0.01)
    assert holding["A4-dominant"].value == 1
    assert holding["A4-seeds"].value == 1
    assert holding["A4-color-border"].value < 0.1


def test_values_of_networks_that_agree_are_those_planted(failing, alike_seeds):
    assert failing["A2-share"].value == pytest.approx(1 / 6, abs=0.01)
    assert failing["A3-across"].value == pytest.approx(1, abs=0.01)
    assert failing["A3-contrast"].value == pytest.approx(0, abs=0.01)
    assert alike_seeds["A4-seeds"].value == pytest.approx(0, abs=0.01)


def test_nulls_are_stated(holding):
    # Two random sets of 4 of 64 share 4 * 4 / 64 images of about 8.
    assert holding["A4-dominant"].null == pytest.approx(4 / (2 * 64 - 4), abs=1e-6)
    assert holding["A3-across"].null == 0
    assert holding["A4-color-border"].null == 1
    assert holding["A4-color-border"].p == pytest.approx(1 / 101, abs=1e-6)


def test_color_that_the_class_explains_does_not_pass_the_control(tmp_path):
    # The images that carry the block of a seed are all of one class.
    found = ledger(tmp_path, {"large": BLOCK}, COLORS, "class")
    assert found["A4-color-border"].verdict == "reproduced"
    assert found["A4-color-control"].verdict != "reproduced"
    assert found["A4-color-control"].value == pytest.approx(1, abs=0.3)


def test_pairs_of_seeds_are_told(holding):
    labels = [item.label for item in holding["A3-across"].per_seed]
    assert labels == [
        "RN-56 1x, seed 0 and seed 1",
        "RN-56 1x, seed 0 and seed 2",
        "RN-56 1x, seed 1 and seed 2",
    ]
    assert [item.subtracted for item in holding["A3-contrast"].per_seed] == [False] * 3 + [True] * 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("A1-depth", "this study has no grid of depths"),
        ("A1-width-cka-contrast", "this study has no grid of widths"),
        ("A2-share", "this study has no network named as large"),
        ("A3-small", "this study has no network named as small"),
    ],
)
def test_missing_role_is_undecided(name, reason):
    entries = judge_claims(CLAIMS, EvidenceFiles(), ClaimsSpec(), StudyFacts("empty", "paper"))
    entry = next(entry for entry in entries if entry.id == name)
    assert (entry.verdict, entry.reason, entry.value) == ("undecided", reason, None)


def test_what_one_seed_alone_cannot_say_is_undecided(tmp_path):
    found = ledger(tmp_path, {"large": everywhere("block", seeds=(0,)), "small": PLAIN}, ALL)
    assert found["A3-across"].reason == "this study does not compare seeds of RN-56 1x"
    assert found["A2-share"].reason == "1 of the 3 seeds needed have a value"
    assert found["A2-share"].interval is None


def test_one_cell_in_both_roles_is_no_contrast(tmp_path):
    found = ledger(tmp_path, {"deepest": BLOCK, "shallowest": BLOCK}, ALL)
    assert found["A1-depth-contrast"].reason == (
        "RN-56 1x is both the deepest and the shallowest network"
    )
    assert found["A1-depth"].verdict == "reproduced"


def test_dominant_images_are_the_largest_whatever_their_sign():
    vectors = np.zeros((1, 40))
    vectors[0, [3, 7, 20, 31]] = [0.5, -0.6, 0.4, -0.3]
    assert np.flatnonzero(dominant(vectors, 0.1)[0]).tolist() == [3, 7, 20, 31]


@pytest.mark.parametrize(("fraction", "count"), [(0.05, 10), (0.001, 4), (1, 200)])
def test_number_of_dominant_images(fraction, count):
    vectors = np.random.default_rng(0).normal(size=(3, 200))
    assert dominant(vectors, fraction).sum(axis=1).tolist() == [count] * 3


def test_overlap_is_that_of_jaccard():
    first = np.array([[1, 1, 1, 0, 0, 0]], dtype=bool)
    second = np.array([[0, 1, 1, 1, 0, 0], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], dtype=bool)
    assert overlap(first, second) == pytest.approx(np.array([[0.5, 1, 0]]))


def test_the_planted_images_of_seeds_are_apart():
    assert len({image for seed in range(3) for image in OWN[seed]}) == 12
