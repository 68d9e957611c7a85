import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from related_units import moments_of, write_gathered

from repatlas.errors import InputError
from repatlas.group_records import read_group_record
from repatlas.units.gathered import GatheredUnits
from repatlas.units.knee import knee
from repatlas.units.live_units import live_units, mean_products
from repatlas.units.map_units import ALPHAS, find_maps, map_units
from repatlas.units.results import SparseMaps
from repatlas.units.sparse_maps import scored_maps

SCRIPT = Path(__file__).parents[2] / "scripts" / "map_units.py"
seeds = st.integers(0, 2**32 - 1)


def planted(seed, rows=4000, units=12, noise=0.3):
    """Units of a second network that are sums of two of the first, and which two."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(rows, units))
    chosen = np.array([generator.choice(units, size=2, replace=False) for _ in range(units)])
    y = x[:, chosen[:, 0]] + 0.7 * x[:, chosen[:, 1]] + noise * generator.normal(size=x.shape)
    return x, y, chosen


def maps_of(networks, alphas, first=0, second=1):
    moments = moments_of(networks)
    return list(
        scored_maps(moments, live_units(moments, first), live_units(moments, second), alphas)
    )


def test_planted_predictors_are_found_and_predict_images_not_seen():
    x, y, chosen = planted(0)
    (scored,) = maps_of([x, y], [0.1])
    weights = scored.maps.weights
    for unit, pair in enumerate(chosen):
        assert set(np.flatnonzero(weights[:, unit])) == set(pair)
        assert weights[pair[0], unit] > weights[pair[1], unit] > 0.3
    assert scored.heldout_errors.max() < 0.1
    assert scored.shuffled_errors.min() > 0.45


def test_errors_are_half_the_squared_error_of_rows_standardised_by_the_even_ones():
    x, y, _ = planted(1, rows=300)
    x, y = 3 * x + 7, 0.1 * y - 2
    y[1::2] += 0.05  # The odd rows have other means.
    for scored in maps_of([x, y], [0.2, 0.01, 0.0]):
        (even_x, odd_x), (even_y, odd_y) = (
            [(part - rows[0::2].mean(axis=0)) / rows[0::2].std(axis=0) for part in halves]
            for rows, halves in ((x, (x[0::2], x[1::2])), (y, (y[0::2], y[1::2])))
        )
        weights = scored.maps.weights
        np.testing.assert_allclose(scored.train_errors, errors(even_x, even_y, weights))
        np.testing.assert_allclose(scored.heldout_errors, errors(odd_x, odd_y, weights))


def errors(x, y, weights):
    return np.square(y - x @ weights).mean(axis=0) / 2


def test_the_empty_map_has_an_error_of_a_half():
    x, y, _ = planted(2)
    (scored,) = maps_of([x, y], [1.0])
    assert not scored.maps.weights.any()
    np.testing.assert_allclose(scored.train_errors, 0.5)
    np.testing.assert_allclose(scored.heldout_errors, 0.5, atol=0.05)
    np.testing.assert_array_equal(scored.heldout_errors, scored.shuffled_errors)


@settings(deadline=None, max_examples=20)
@given(seeds)
def test_nothing_is_gained_on_images_not_seen_where_networks_are_independent(seed):
    x, y = np.random.default_rng(seed).normal(size=(2, 120, 10))
    *_, dense = maps_of([x, y], [0.3, 0.1, 0.0])
    assert dense.train_errors.mean() < 0.5
    assert dense.heldout_errors.mean() > 0.45
    assert dense.shuffled_errors.mean() > 0.45


def test_held_out_errors_of_independent_networks_rise_with_weaker_penalties():
    x, y = np.random.default_rng(3).normal(size=(2, 200, 40))
    found = [scored.heldout_errors.mean() for scored in maps_of([x, y], [1.0, 0.1, 0.03, 0.0])]
    assert found == sorted(found)
    assert found[-1] > 0.6


def test_train_errors_fall_with_weaker_penalties_down_to_least_squares():
    x, y, _ = planted(4, rows=400)
    found = np.array([scored.train_errors for scored in maps_of([x, y], sorted(ALPHAS)[::-1])])
    assert (np.diff(found, axis=0) <= 1e-9).all()
    even_x, even_y = (
        (rows[0::2] - rows[0::2].mean(axis=0)) / rows[0::2].std(axis=0) for rows in (x, y)
    )
    dense = np.linalg.lstsq(even_x, even_y, rcond=None)[0]
    np.testing.assert_allclose(found[-1], errors(even_x, even_y, dense))


@settings(deadline=None, max_examples=15)
@given(seeds)
def test_scale_and_offset_of_units_change_nothing(seed):
    generator = np.random.default_rng(seed)
    x, y, _ = planted(seed, rows=300, units=6)
    moved = [
        rows * generator.uniform(0.01, 100, size=6) + generator.normal(size=6) for rows in (x, y)
    ]
    paths = (maps_of(pair, [0.1, 0.01, 0.0]) for pair in ([x, y], moved))
    for one, other in zip(*paths, strict=True):
        np.testing.assert_allclose(one.maps.weights, other.maps.weights, atol=1e-6)
        np.testing.assert_allclose(one.heldout_errors, other.heldout_errors, atol=1e-6)


def test_units_that_do_not_vary_are_left_out():
    x, y, _ = planted(5, rows=400)
    x[:, 3] = 0.1
    y[0::2, 4] = 0.2  # constant over the even rows alone
    moments = moments_of([x, y])
    first, second = (live_units(moments, network) for network in (0, 1))
    assert 3 not in first.units
    assert 4 not in second.units
    (scored,) = scored_maps(moments, first, second, [0.05])
    assert scored.maps.weights.shape == (11, 11)
    assert np.isfinite(scored.heldout_errors).all()


def test_the_null_is_the_other_network_s_images_shuffled():
    x, y, _ = planted(6, rows=400)
    moments = moments_of([x, y], seed=8)
    first, second = (live_units(moments, network) for network in (0, 1))
    generator = np.random.default_rng(8)
    even_x, even_y = x[0::2], y[0::2]
    others = generator.permutation(200)
    # Rows of the predicted network with those of other images of the predicting one.
    rows = {"x": even_x, "y": even_y}
    standard = {name: (part - part.mean(axis=0)) / part.std(axis=0) for name, part in rows.items()}
    expected = standard["x"][others].T @ standard["y"] / 200
    found = mean_products(moments, first, second, "first", shuffled=True)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_the_knee_is_the_strongest_penalty_that_keeps_four_fifths_of_what_is_explained():
    alphas = [1.0, 0.3, 0.1, 0.01, 0.0]
    assert knee(alphas, [0.5, 0.25, 0.179, 0.1, 0.12]) == 0.1
    assert knee(alphas, [0.5, 0.25, 0.181, 0.1, 0.12]) == 0.01
    assert knee(alphas, [0.5, 0.51, 0.52, 0.53, 0.6]) == 1.0
    assert knee(alphas, [0.55, 0.51, 0.52, 0.53, 0.6]) == 0.3


@pytest.fixture(scope="module")
def networks():
    """Three networks of 12, 12 and 5 units, the third with a dead one."""
    x, y, _ = planted(7, rows=600)
    return [x, y, np.hstack([np.full((600, 1), 0.5), x[:, :4]])]


@pytest.fixture(scope="module")
def path(networks, tmp_path_factory):
    unrelated = list(np.random.default_rng(1).normal(size=(3, 200, 8)))
    file = tmp_path_factory.mktemp("units") / "units.h5"
    return write_gathered(file, {"conv1": networks, "fc1": unrelated})


@pytest.fixture(scope="module")
def record(path):
    with GatheredUnits(path) as gathered:
        return find_maps(gathered, [0.0, 0.5, 0.1])


def test_every_live_unit_has_a_row_for_each_other_network_and_strength(record):
    assert len(record.unit) == 3 * (2 * (12 + 12 + 4) + 6 * 8)
    rows = (record.layer == "conv1") & (record.first == 0) & (record.second == 2)
    assert record.unit[rows].tolist() == 3 * [1, 2, 3, 4]
    assert record.alpha[rows].tolist() == np.repeat([0.5, 0.1, 0.0], 4).tolist()
    np.testing.assert_allclose(record.decay[rows], record.alpha[rows] / 5)


def test_rows_describe_the_weights(record, networks):
    rows = (record.layer == "conv1") & (record.first == 0) & (record.second == 1)
    for scored in maps_of(networks, [0.5, 0.1, 0.0]):
        chosen = rows & (record.alpha == scored.maps.alpha)
        sizes = np.sort(np.abs(scored.maps.weights), axis=0)[::-1]
        np.testing.assert_array_equal(record.predictors[chosen], (sizes > 0).sum(axis=0))
        np.testing.assert_allclose(record.weight_sum[chosen], sizes.sum(axis=0))
        np.testing.assert_allclose(record.top_share[chosen], sizes[0] / sizes.sum(axis=0))
        np.testing.assert_allclose(
            record.top_three_share[chosen], sizes[:3].sum(axis=0) / sizes.sum(axis=0)
        )
        np.testing.assert_array_equal(record.heldout_error[chosen], scored.heldout_errors)
        np.testing.assert_array_equal(record.train_error[chosen], scored.train_errors)
        np.testing.assert_array_equal(record.shuffled_error[chosen], scored.shuffled_errors)
        np.testing.assert_array_equal(record.gap[chosen], scored.maps.gaps)


def test_units_without_weights_have_no_shares(record):
    empty = (record.layer == "fc1") & (record.alpha == 0.5)
    assert not record.predictors[empty].any()
    assert np.isnan(record.top_share[empty]).all()
    assert np.isfinite(record.top_share[record.predictors > 0]).all()


def test_the_map_shown_is_that_of_the_first_layer_at_the_knee(record, networks):
    assert (record.shown_layer, record.shown_first, record.shown_second) == ("conv1", 0, 1)
    assert record.shown_alpha == 0.1
    (scored,) = maps_of(networks, [0.1])
    np.testing.assert_allclose(record.shown_weights, scored.maps.weights, atol=1e-3)


def test_dead_units_have_no_weights_in_the_map_shown(networks, tmp_path):
    with GatheredUnits(write_gathered(tmp_path / "u.h5", {"conv1": networks[::-1]})) as gathered:
        weights = find_maps(gathered, [0.01]).shown_weights
    assert weights.shape == (5, 12)
    assert not weights[0].any()
    assert weights[1:].any(axis=1).all()


def test_a_layer_of_dead_units_alone_has_no_rows(tmp_path):
    dead = [np.full((20, 3), 0.5)] * 2
    alive = list(np.random.default_rng(0).normal(size=(2, 20, 3)))
    with GatheredUnits(write_gathered(tmp_path / "u.h5", {"a": dead, "b": alive})) as gathered:
        record = find_maps(gathered, [0.1, 0.0])
    assert set(record.layer) == {"b"}
    assert record.shown_weights.tolist() == np.zeros((3, 3)).tolist()


def run(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, words)])
    runpy.run_path(str(SCRIPT), run_name="__main__")


def test_script_writes_the_same_record_every_time(path, record, tmp_path, monkeypatch, capsys):
    output, contents = tmp_path / "maps.h5", set()
    for _ in range(2):
        run(monkeypatch, "--units", path, "--alphas", 0.5, 0, 0.1, 0.1, "--output", output)
        contents.add(output.read_bytes())
    assert len(contents) == 1
    written = read_group_record(SparseMaps, output)
    np.testing.assert_array_equal(written.heldout_error, record.heldout_error)
    assert written.shown_alpha == record.shown_alpha
    assert [subject.run["seed"] for subject in written.subjects] == [0, 1, 2]
    assert f"maps of single units: {len(record.unit)}" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["-0.1", "nan", "inf"])
def test_an_impossible_strength_ends_in_one_line(path, wrong, tmp_path, monkeypatch):
    output = tmp_path / "maps.h5"
    with pytest.raises(SystemExit, match=r"error: strength .* of the penalty: give 0 or a pos"):
        run(monkeypatch, "--units", path, f"--alphas={wrong}", "--output", output)
    assert not output.exists()


def test_a_path_without_strengths_is_refused(path):
    with GatheredUnits(path) as gathered, pytest.raises(InputError, match="give one or more"):
        find_maps(gathered, [])


def test_a_single_network_is_refused(tmp_path):
    file = write_gathered(tmp_path / "u.h5", {"a": [np.eye(4)]})
    with pytest.raises(InputError, match=r"u\.h5 is about a single network"):
        map_units(file, tmp_path / "maps.h5")


def test_default_strengths_reach_from_least_squares_to_no_weights():
    x, y, _ = planted(9, rows=200)
    path = maps_of([x, y], sorted(ALPHAS, reverse=True))
    assert path[0].maps.alpha >= 1
    assert not path[0].maps.weights.any()
    assert path[-1].maps.alpha == 0


def test_torch_is_not_loaded():
    code = "import sys, repatlas.units.map_units; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
