"""Every claim about experiments with networks, on studies where its verdict is planted."""

import numpy as np
import pytest
from planted_claims import evidence
from planted_ledgers import BY_ID, IDS, judged, ledger
from planted_representations import OUTPUTS, OWN
from planted_representations import block as planted_block
from planted_stores import everywhere

from repatlas.claims.cells import Evidence
from repatlas.claims.reading import read_cosines
from repatlas.claims.spec import ClaimsSpec
from repatlas.errors import InputError

BY_RECORD = [
    name
    for name in IDS
    if name.startswith(("A5", "A7", "A9", "A13", "A14", "B4", "X5", "X6"))
] + ["X1-overlap-early"]  # fmt: skip
MODES = ["X1-modes", "X1-modes-contrast", "X1-mixture", "X1-participation"]
NORMS = ["A6-norm", "A6-directions", "A6-correlation-distance"]
OTHERS = ["A4-layers-control", "X1-upper", "X1-overlap-seeds"]
NAMES = [*BY_RECORD, *MODES, *NORMS, *OTHERS]
SIGNED = "A6-correlation"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A study in which every experiment finds what the claims say."""
    roles = {
        "large": everywhere("block", experiments="holding"),
        "small": everywhere("plain", depth=14, experiments="holding", probes=False),
        "further_large": everywhere("block", depth=80, experiments="holding", probes=False),
    }
    return evidence(tmp_path_factory.mktemp("holding"), roles)


@pytest.fixture(scope="module")
def holding(files):
    return judged(files, NAMES)


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    """Every experiment finds the opposite."""
    roles = {
        "large": everywhere("block", experiments="failing", right="others"),
        "small": everywhere("whole", depth=14, experiments="failing", probes=False),
        "further_large": everywhere("block", depth=80, experiments="failing", probes=False),
    }
    return ledger(tmp_path_factory.mktemp("failing"), roles, NAMES)


@pytest.fixture(scope="module")
def no_direction(tmp_path_factory):
    """The large network has layers that are all alike, and no image that stands out."""
    roles = {"large": everywhere("alike"), "small": everywhere("block", depth=14)}
    return ledger(tmp_path_factory.mktemp("alike"), roles, [*NAMES, SIGNED])


@pytest.mark.parametrize("name", NAMES)
def test_reproduced_where_it_holds(holding, name):
    assert holding[name].verdict == "reproduced", holding[name].reason


@pytest.mark.parametrize("name", [*BY_RECORD, "A4-layers-control"])
def test_not_reproduced_where_it_fails(failing, name):
    assert failing[name].verdict == "not reproduced", failing[name].reason


@pytest.mark.parametrize("name", ["A6-norm", SIGNED, *MODES])
def test_not_reproduced_where_no_image_stands_out(no_direction, name):
    assert no_direction[name].verdict == "not reproduced", no_direction[name].value


def test_images_that_are_far_on_both_ends_do_not_point_the_same_way(no_direction):
    # A few pairs of images a seed: their cosines vary.
    assert no_direction["A6-directions"].verdict != "reproduced"
    assert no_direction["A6-directions"].value < 0.4


def test_norms_rise_to_the_side_of_the_dominant_images(tmp_path):
    found = ledger(tmp_path, {"large": everywhere("lifted", (0, 1))}, [SIGNED, *NORMS])
    assert found[SIGNED].verdict == "reproduced"
    # On the other side, that of the many, they rise towards the mean.
    assert found["A6-correlation-distance"].verdict == "not reproduced"


def test_no_size_of_a_mode_where_there_is_none(no_direction):
    assert no_direction["X1-upper"].left_out[0].endswith("one mode throughout the block")


@pytest.mark.parametrize("name", BY_RECORD)
def test_what_was_not_done_is_undecided_and_named(no_direction, name):
    entry = no_direction[name]
    if name != "X6-dominant":
        assert entry.verdict == "undecided"
        assert entry.reason.startswith("this study has no ")


def test_many_images_in_the_upper_mode_are_not_few(tmp_path):
    found = ledger(tmp_path, {"large": everywhere("broad")}, ["X1-upper", "X2-fit"], "quarter")
    assert found["X1-upper"].verdict == "not reproduced"
    assert found["X1-upper"].value == 0.25
    # Their colour tells which images they are.
    assert found["X2-fit"].verdict == "reproduced"


def test_colors_that_tell_nothing_do_not_fit(tmp_path):
    names = ["X2-fit", "X1-overlap-seeds"]
    found = ledger(tmp_path, {"large": everywhere("same")}, names, "spread")
    assert found["X2-fit"].verdict == "not reproduced"
    assert found["X1-overlap-seeds"].verdict == "not reproduced"


def test_values_are_those_planted(holding, failing):
    # Six of eight block outputs are in the block, four in its half, one makes no block.
    assert holding["A5-removal-10"].value == 0.125
    assert holding["A5-random-10"].value == 0.75 - 0.125
    assert holding["A5-removal-1"].value == 0.25
    assert holding["A5-dose"].value == 0.5 - 0.125
    assert failing["A5-matched-10"].value == 0.125 - 0.75
    assert holding["A7-solid"].value == pytest.approx(1.1)
    assert holding["A7-favored"].value == pytest.approx(6)
    assert holding["A7-seeds"].value == 1
    # At epoch 10 of 40; the similarity falls from 0.9 to 0.1.
    assert holding["A9-content"].value == pytest.approx(0.1)
    assert holding["A9-switch"].value == pytest.approx(0.8)
    assert holding["A9-steps"].value == pytest.approx(0.7)
    assert failing["A9-shape"].value == pytest.approx(0.4)
    assert holding["A14-rbf"].value == pytest.approx(0.8 - 0.2)
    assert holding["A14-strongest-rbf"].value == pytest.approx(0.1)
    assert holding["B4-probes"].value == pytest.approx(-0.2)
    assert holding["B4-deletion"].value == pytest.approx(0.01 - 0.2)
    assert holding["X5-rsa"].value == pytest.approx(0.8 - 0.3)
    assert failing["X5-theorem"].value == pytest.approx(0.4)
    assert holding["X5-outlier"].value == pytest.approx(0.02)
    assert holding["X6-component"].value == pytest.approx(0.01)
    assert holding["X6-second"].value == pytest.approx(0.7 - 0.79)
    assert holding["X6-block"].value == pytest.approx(0.02)
    assert failing["X6-dominant"].value < -0.9
    assert holding["X1-upper"].value == pytest.approx(4 / 64)
    assert holding["X1-modes"].value == 1


def test_first_component_before_the_first_step_does_not_count(failing):
    # It has nine tenths of the variance there.
    assert failing["A9-steps"].value == pytest.approx(0.3)


def test_two_seeds_are_enough_for_an_intervention(tmp_path):
    roles = {"large": everywhere("block", (0, 1), experiments="holding")}
    found = ledger(tmp_path, roles, ["A5-removal-10", "A7-seeds"])
    assert found["A5-removal-10"].verdict == "reproduced"
    assert found["A7-seeds"].reason == "2 of the 3 seeds needed have a value"


def test_a_network_without_the_experiment_is_left_out(files):
    large = files.roles["large"]
    first = large.networks[0]
    poorer = first.model_copy(update={"records": {}, "probes": {}})
    changed = large.model_copy(update={"networks": (poorer, *large.networks[1:])})
    names = ["B4-probes", "A5-removal-10", "A7-seeds"]
    found = judged(files.model_copy(update={"roles": {"large": changed}}), names)
    assert found["B4-probes"].seeds == 2
    assert found["B4-probes"].left_out == (
        "RN-56 1x, seed 0: this study has no linear probes of RN-56 1x",
    )
    assert found["A5-removal-10"].left_out == (
        "RN-56 1x, seed 0: this study has no probe set without the dominant 10 % for RN-56 1x",
    )
    assert len(found["A7-seeds"].per_seed) == 1


def test_record_of_another_network_is_refused(files):
    large = files.roles["large"]
    first, second, _ = large.networks
    for wrong in ({"records": second.records}, {"probes": second.probes}):
        changed = large.model_copy(update={"networks": (first.model_copy(update=wrong),)})
        with pytest.raises(InputError, match="is not about RN-56 1x, seed 0"):
            judged(
                files.model_copy(update={"roles": {"large": changed}}), ["B4-probes", "A13-noise"]
            )


def test_cosines_are_those_of_centred_activations(files):
    network = Evidence(files, ClaimsSpec()).cell("large").networks[1]
    found = read_cosines(network.store, "relu5", 2)
    assert [rows for rows, _ in found] == [slice(0, 32), slice(32, 64)]
    rows = planted_block(1, 5)[32:]
    rows = rows - rows.mean(axis=0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    upper = np.triu_indices(32, k=1)
    assert found[1][1][upper] == pytest.approx((rows @ rows.T)[upper], abs=1e-4)


def test_norms_and_outputs_are_those_of_the_network(tmp_path):
    roles = {"large": everywhere("block", (1, 2), right="others")}
    network = Evidence(evidence(tmp_path, roles), ClaimsSpec()).cell("large").networks[0]
    assert network.norms.shape[0] == OUTPUTS
    assert network.norms[4] == pytest.approx(np.linalg.norm(planted_block(1, 4), axis=1), rel=1e-5)
    assert np.flatnonzero(~network.outputs.correct).tolist() == sorted([*OWN[1], 21])
    # Outputs are 5 for one class and 0 for three.
    right = np.log(np.exp(5) + 3) - 5
    assert network.outputs.loss[network.outputs.correct] == pytest.approx(right, abs=1e-5)
    assert network.outputs.loss[~network.outputs.correct] == pytest.approx(right + 5, abs=1e-5)


def test_interventions_are_never_judged_on_one_seed():
    assert min(claim.seeds for claim in BY_ID.values()) >= 2
