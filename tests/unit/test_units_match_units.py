import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from related_units import correlated, joint_of, moments_of, write_gathered

from repatlas.errors import InputError
from repatlas.group_records import read_group_record
from repatlas.units.gathered import GatheredUnits
from repatlas.units.information import mutual_information
from repatlas.units.match_units import match_gathered, match_units
from repatlas.units.matching import maximum_matching, semi_matching
from repatlas.units.results import Matching

SCRIPT = Path(__file__).parents[2] / "scripts" / "match_units.py"
ROWS, WIDTH = 600, 12


@pytest.fixture(scope="module")
def networks():
    """Units that three networks share in part, the third with a dead one."""
    generator = np.random.default_rng(0)
    shared = correlated(generator, ROWS, WIDTH)
    first, second, third = (
        shared[:, generator.permutation(WIDTH)] + 5 * generator.normal(size=(ROWS, WIDTH))
        for _ in range(3)
    )
    third[:, 4] = 0.25
    return [first, second, third]


@pytest.fixture(scope="module")
def path(networks, tmp_path_factory):
    unrelated = list(np.random.default_rng(1).normal(size=(3, 200, 40)))
    file = tmp_path_factory.mktemp("units") / "units.h5"
    return write_gathered(file, {"conv1": networks, "fc1": unrelated}, counted=("conv1",))


@pytest.fixture(scope="module")
def record(path):
    with GatheredUnits(path) as gathered:
        return match_gathered(gathered)


def rows(record, **wanted):
    chosen = np.ones(len(record.unit), dtype=bool)
    for name, value in wanted.items():
        chosen &= getattr(record, name) == value
    return chosen


def test_every_unit_has_a_row_for_each_other_network_and_each_way_to_match(record):
    assert len(record.subjects) == 3
    for layer, width, ways in (("conv1", WIDTH, 4), ("fc1", 40, 3)):
        chosen = rows(record, layer=layer)
        assert chosen.sum() == 6 * width * ways
        keys = zip(
            *(getattr(record, key)[chosen] for key in ("criterion", "fold", "first", "second")),
            record.unit[chosen],
            strict=True,
        )
        assert len(set(keys)) == chosen.sum()
    assert (record.first != record.second).all()


def test_matches_over_all_images_are_those_of_the_correlations(record, networks):
    scores = moments_of(networks).correlation(0, 1)
    expected = np.corrcoef(networks[0].T, networks[1].T)[:WIDTH, WIDTH:]
    chosen = rows(record, layer="conv1", fold="all", criterion="correlation", first=0, second=1)
    np.testing.assert_array_equal(record.greedy[chosen], semi_matching(expected))
    np.testing.assert_array_equal(record.matched[chosen], maximum_matching(expected))
    np.testing.assert_allclose(record.greedy_value[chosen], scores.max(axis=1))
    assert (record.matched_value <= record.greedy_value + 1e-12).all()
    assert np.isnan(record.greedy_heldout[chosen]).all()
    assert np.isnan(record.matched_heldout[chosen]).all()


def test_matches_of_one_half_are_scored_on_the_other(record, networks):
    halves = [
        np.corrcoef(networks[1][start::2].T, networks[0][start::2].T)[:WIDTH, WIDTH:]
        for start in (0, 1)
    ]
    for fold, found, other in (("first", *halves), ("second", *reversed(halves))):
        chosen = rows(record, layer="conv1", fold=fold, first=1, second=0)
        matches = maximum_matching(found)
        np.testing.assert_array_equal(record.matched[chosen], matches)
        units = np.arange(WIDTH)
        np.testing.assert_allclose(record.matched_value[chosen], found[units, matches])
        np.testing.assert_allclose(record.matched_heldout[chosen], other[units, matches])
        np.testing.assert_allclose(
            record.greedy_heldout[chosen], other[units, semi_matching(found)]
        )
        assert np.isnan(record.greedy_shuffled[chosen]).all()


def test_unrelated_networks_match_where_the_match_is_found_and_not_on_other_images(record):
    chosen = rows(record, layer="fc1") & (record.fold != "all")
    assert record.greedy_value[chosen].mean() > 0.15
    assert record.matched_value[chosen].mean() > 0.1
    assert abs(record.greedy_heldout[chosen].mean()) < 0.03
    assert abs(record.matched_heldout[chosen].mean()) < 0.03


def test_shuffled_images_give_what_the_choice_of_the_best_alone_gives(record):
    unrelated = rows(record, layer="fc1", fold="all")
    for way in ("greedy", "matched"):
        value, null = (
            getattr(record, f"{way}_{kind}")[unrelated].mean() for kind in ("value", "shuffled")
        )
        assert null == pytest.approx(value, rel=0.05)
    related = rows(record, layer="conv1", fold="all", criterion="correlation")
    assert record.greedy_shuffled[related].mean() < 0.5 * record.greedy_value[related].mean()


def test_information_is_matched_over_all_images_where_it_was_counted(record, networks):
    chosen = rows(record, criterion="information")
    assert set(record.layer[chosen]) == {"conv1"}
    assert set(record.fold[chosen]) == {"all"}
    scores = mutual_information(joint_of(networks).joint[:WIDTH, :, WIDTH : 2 * WIDTH])
    pair = rows(record, criterion="information", first=0, second=1)
    np.testing.assert_array_equal(record.greedy[pair], semi_matching(scores))
    np.testing.assert_allclose(
        record.matched_value[pair].sum(), scores[np.arange(WIDTH), maximum_matching(scores)].sum()
    )
    for column in ("greedy_heldout", "greedy_shuffled", "matched_heldout", "matched_shuffled"):
        assert np.isnan(getattr(record, column)[chosen]).all()


def test_dead_unit_is_marked_and_matches_with_nothing(record):
    dead = record.dead
    assert set(zip(record.first[dead], record.unit[dead], strict=True)) == {(2, 4)}
    for column in ("greedy_value", "matched_value"):
        assert (getattr(record, column)[dead] == 0).all()
    # As a partner it is worth 0, by either criterion.
    partner = rows(record, layer="conv1", second=2) & (record.matched == 4)
    assert (record.matched_value[partner] == 0).all()


def test_networks_of_other_widths_leave_units_without_a_match(tmp_path):
    x = np.random.default_rng(2).normal(size=(300, 6))
    path = write_gathered(tmp_path / "units.h5", {"conv1": [x, x[:, [5, 1]]]})
    with GatheredUnits(path) as gathered:
        record = match_gathered(gathered)
    wide = rows(record, fold="all", first=0)
    assert record.matched[wide].tolist() == [-1, 1, -1, -1, -1, 0]
    np.testing.assert_array_equal(np.isnan(record.matched_value[wide]), record.matched[wide] == -1)
    narrow = rows(record, fold="all", first=1)
    assert record.matched[narrow].tolist() == [5, 1]
    np.testing.assert_allclose(record.matched_value[narrow], 1)


def test_single_network_is_refused_in_one_line(tmp_path, networks):
    path = write_gathered(tmp_path / "units.h5", {"conv1": networks[:1]})
    with pytest.raises(InputError, match="single network"):
        match_units(path, tmp_path / "matching.h5")
    assert not (tmp_path / "matching.h5").exists()


def test_script_writes_the_record_twice_the_same_and_without_torch(path, record, tmp_path):
    output, contents = tmp_path / "matching.h5", []
    for _ in range(2):
        command = [sys.executable, str(SCRIPT), "--units", str(path), "--output", str(output)]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
        assert f"matches: {len(record.unit)}" in found.stderr
        contents.append(output.read_bytes())
    assert contents[0] == contents[1]
    written = read_group_record(Matching, output)
    np.testing.assert_array_equal(written.matched, record.matched)
    np.testing.assert_array_equal(written.layer, record.layer)
    code = "import sys\nfrom repatlas.units import match_units\nassert 'torch' not in sys.modules\n"
    subprocess.run([sys.executable, "-c", code], check=True)
