"""Every claim about networks trained in other ways, on studies where its verdict is planted."""

import pytest
from planted_ledgers import BY_ID, IDS, judged, ledger
from planted_stores import Planted, everywhere

from repatlas.claims.evidence import EvidenceFiles

BLOCK, PLAIN = everywhere("block"), everywhere("plain", depth=14)
REMEDIES = ("color", "small_batch", "penalty", "shake_shake", "transfer", "transfer_first_stage")
TRAINED = [
    name for name in IDS if name.startswith(("A1-further", "A8", "A10", "A11", "A12", "B1", "B2"))
]
GRIDS = ["B3-depth", "B3-width", "B5-wide"]
RETRAINED = [name for name in IDS if name.startswith("X3")]
CROSSED = [name for name in IDS if name.startswith("X4")]


NAMES = [*TRAINED, *GRIDS, *RETRAINED, "B5-position"]


@pytest.fixture(scope="module")
def holding(tmp_path_factory):
    """No block where the papers see none, or a smaller one, and a block where they see one."""
    moved = everywhere("moved", training="without")
    roles = {
        **dict.fromkeys(REMEDIES, PLAIN),
        **dict.fromkeys(("small", "further_small", "shallowest", "narrowest", "whole_data"), PLAIN),
        **dict.fromkeys(("large", "further_large", "deepest", "widest", "color_control"), BLOCK),
        **dict.fromkeys(("less_data", "plain", "random_removed"), BLOCK),
        **dict.fromkeys(("removed", "recolored"), moved),
    }
    return ledger(tmp_path_factory.mktemp("holding"), roles, NAMES)


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    """The block is there in spite of all, and none where there should be one."""
    again = everywhere("block", training="again", test_accuracy=0.5)
    roles = {
        **dict.fromkeys((*REMEDIES, "removed"), again),
        **dict.fromkeys(("large", "small", "further_small", "shallowest", "color_control"), BLOCK),
        "whole_data": BLOCK,
        **dict.fromkeys(("less_data", "plain", "recolored", "further_large", "deepest"), PLAIN),
        "random_removed": everywhere("moved", training="random_removed"),
        "widest": everywhere("same", width=8),
        "narrowest": everywhere("whole", width=2),
    }
    return ledger(tmp_path_factory.mktemp("failing"), roles, NAMES)


@pytest.mark.parametrize("name", TRAINED + GRIDS + RETRAINED)
def test_reproduced_where_it_holds(holding, name):
    assert holding[name].verdict == "reproduced", holding[name].reason


@pytest.mark.parametrize(
    "name",
    [*TRAINED, *GRIDS, "X3-removed-color", "X3-removed-images", "X3-recolored"],
)
def test_not_reproduced_where_it_fails(failing, name):
    assert failing[name].verdict == "not reproduced", failing[name].reason


def test_no_color_takes_over_where_there_is_no_block(failing):
    entry = failing["X3-recolored-color"]
    assert entry.verdict == "undecided"
    assert "RN-14 1x, seed 0: no block" in entry.left_out


def test_retraining_that_ends_the_block_or_changes_nothing(tmp_path):
    block = everywhere("block", (0, 1))
    roles = {
        "large": block,
        "removed": everywhere("plain", (0, 1), training="removed"),
        "recolored": everywhere("same", (0, 1), training="recolored"),
        "random_removed": everywhere("moved", (0, 1), training="random_removed"),
    }
    found = ledger(tmp_path, roles, RETRAINED)
    assert found["X3-removed"].verdict == "not reproduced"
    assert found["X3-recolored-color"].value < 0


def test_values_are_those_planted(holding, failing):
    # The block covers six of eight block outputs, and no block is a run of one.
    assert holding["A8-color"].value == 0.125 - 0.75
    assert holding["A12-batch-share"].value == -0.75
    assert holding["A10-penalty-gone"].value == 0.125
    assert failing["A11-accuracy"].value == pytest.approx(-0.3)
    assert holding["X3-removed-images"].value == 0
    assert failing["X3-removed-images"].value == 1
    # Corners of the cube of colours, one or two edges apart; the control stays where it was.
    assert 0.9 < holding["X3-removed-color"].value < 1.5
    assert holding["B5-wide"].value == pytest.approx(0, abs=0.02)


def test_networks_are_compared_with_those_of_their_seed(tmp_path):
    roles = {
        "large": everywhere("block", (0, 1)),
        "removed": everywhere("block", (1, 2), training="removed"),
    }
    entry = ledger(tmp_path, roles, RETRAINED)["X3-removed-images"]
    assert [item.label for item in entry.per_seed] == ["RN-56 1x, removed, seed 1"]
    assert entry.left_out == (
        "RN-56 1x, removed, seed 2: no network of RN-56 1x has its seed and data order",
    )


def crossed(kind):
    pairs = [(seed, order) for seed in range(3) for order in range(3)]
    return {"crossed": Planted(dict.fromkeys(pairs, kind))}


@pytest.mark.parametrize(
    ("kind", "decides"),
    [("by_both", None), ("by_seed", "initialisation"), ("by_order", "order")],
)
def test_what_decides_is_found(tmp_path, kind, decides):
    found = ledger(tmp_path, crossed(kind), CROSSED)
    for name in CROSSED:
        expected = "not reproduced" if name.split("-")[1] == decides else "reproduced"
        assert found[name].verdict == expected, (name, found[name].reason)
    entry = found["X4-initialisation"]
    # 9 pairs share an initialisation and no order; 18 share neither.
    assert [item.subtracted for item in entry.per_seed] == [False] * 9 + [True] * 18
    assert entry.per_seed[0].label == (
        "RN-56 1x, initialisation 0 and order 0 with initialisation 0 and order 1"
    )


def test_seeds_without_crossed_orders_say_nothing(tmp_path):
    found = ledger(tmp_path, {"crossed": BLOCK}, CROSSED)
    assert found["X4-order"].reason == "this study crosses no data orders of RN-56 1x"


def test_position_of_the_block(tmp_path, holding):
    moving = Planted({0: "block", 1: "half", 2: "front"})
    found = ledger(tmp_path, {"large": moving}, ["B5-position"])["B5-position"]
    assert found.verdict == "reproduced"
    # Blocks are block outputs 2 to 7, 4 to 7 and 0 to 4.
    values = [item.value for item in found.per_seed]
    assert values == pytest.approx([1 - 4 / 6, 1 - 3 / 8, 1 - 1 / 8], abs=1e-5)
    assert holding["B5-position"].verdict == "not reproduced"


@pytest.mark.parametrize(("deep", "differ"), [("last", True), ("first", False)])
def test_classes_that_networks_get_right(tmp_path, deep, differ):
    roles = {
        "widest": everywhere("plain", width=8, right="first"),
        "deepest": everywhere("plain", (0, 1, 2, 3), depth=92, right=deep),
    }
    entry = ledger(tmp_path, roles, ["B6-classes"])["B6-classes"]
    if differ:
        assert (entry.verdict, entry.p) == ("reproduced", pytest.approx(1 / 35, abs=1e-6))
        # All images of two classes, and no others.
        assert entry.value == pytest.approx(1, abs=0.1)
    else:
        assert entry.verdict != "reproduced"
        assert entry.value == pytest.approx(0, abs=0.05)


def test_nothing_is_decided_on_nothing():
    for name, entry in judged(EvidenceFiles()).items():
        assert entry.verdict == "undecided"
        assert entry.reason.startswith("this study has no "), name


@pytest.mark.parametrize("scale", ["laptop", "desk"])
def test_scale_is_told_before_what_is_missing(scale):
    for name, entry in judged(EvidenceFiles(), scale=scale).items():
        told = entry.reason.startswith(f"undecided at this scale ({scale})")
        assert told == (scale not in BY_ID[name].judged_at)


def test_paper_scale_can_decide_every_claim():
    assert all("paper" in claim.judged_at for claim in BY_ID.values())
    beyond_small = {name for name in IDS if "laptop" not in BY_ID[name].judged_at}
    assert {"A1-further", "A9-switch", "B1-data", "B6-classes"} <= beyond_small
