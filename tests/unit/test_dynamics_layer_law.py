import numpy as np
import pytest
from planted_courses import LAYER, RATES, STEPS, changed, planted, rich_start, run_script

from repatlas.dynamics.findings import LayerLaw
from repatlas.dynamics.half_times import half_time
from repatlas.dynamics.layer_law import measure_layer_law
from repatlas.errors import InputError
from repatlas.setting_records import read_setting_record, write_setting_record
from repatlas.theory.closed_forms import rich_half_time
from repatlas.theory.effective import Curves, Pair
from repatlas.theory.solution import solve_pair

GRID = Pair(np.repeat([0.6, 1.4], 3), np.tile([0.0, 0.4, 0.9], 2))
LEARNT = GRID.target_square > 0
EXPONENTS = np.array([0.3, 1.0, 1.6])


def grid(seeds=2):
    """Of the pairs with one target the course does not count."""
    pair = Pair(GRID.input_square, np.where(LEARNT, GRID.target_square, 0.1))
    followed = planted(pair, rich_start(pair), seeds=seeds)
    return changed(followed, target_square=np.tile(GRID.target_square, seeds))


def with_powers(followed, exponents):
    """Final distances at the layers as powers of ``|dy*|``."""
    hidden = followed.hidden.copy()
    distances = np.sqrt(followed.target_square)[:, None] ** exponents
    hidden[..., -1] = 0.7 * followed.input_square[:, None] * distances
    return changed(followed, hidden=hidden)


def test_exponents_that_were_planted_are_found_whatever_the_inputs():
    found = measure_layer_law(with_powers(grid(), EXPONENTS))
    np.testing.assert_allclose(found.exponent, np.repeat(EXPONENTS[:, None], 2, axis=1))


def test_the_theory_of_a_pair_has_the_first_power_of_the_targets_at_all_layers():
    found = measure_layer_law(grid())
    np.testing.assert_allclose(found.exponent, 1, rtol=1e-3)


def test_what_was_not_learnt_or_merged_does_not_count():
    followed = with_powers(grid(seeds=1), EXPONENTS)
    hidden, converged = followed.hidden.copy(), followed.converged.copy()
    hidden[[1, 3], :, -1] = np.array([1e-9, np.nan])[:, None]
    converged[1] = False
    found = measure_layer_law(changed(followed, hidden=hidden, converged=converged))
    np.testing.assert_allclose(found.exponent[:, 0], EXPONENTS)


def test_one_target_has_no_exponent():
    followed = changed(grid(seeds=1), converged=np.arange(6) == 1)
    assert np.isnan(measure_layer_law(followed).exponent).all()


def test_exponents_of_balanced_linear_networks_rise_with_depth():
    found = measure_layer_law(grid())
    np.testing.assert_allclose(found.predicted, [0.5, 1, 1.5])
    assert found.layer.tolist() == [0, 1, 2]


def test_half_times_are_those_of_the_logistic_curve_in_the_rich_limit():
    found = measure_layer_law(grid())
    pair = Pair(GRID.input_square[LEARNT], GRID.target_square[LEARNT])
    expected = rich_half_time(pair, RATES, rich_start(pair))
    for times in (found.half_time, found.predicted_half_time):
        assert times.shape == (6, 2)
        np.testing.assert_allclose(times[LEARNT], np.stack([expected] * 2, axis=1), rtol=5e-3)
        assert np.isnan(times[~LEARNT]).all()


def test_rates_of_one_pair_are_kept_for_the_others():
    followed = grid(seeds=1)
    pair = Pair(np.array([GRID.input_square[5]]), np.array([GRID.target_square[5]]))
    slower = solve_pair(pair, RATES, rich_start(pair), STEPS / 2)
    hidden = followed.hidden.copy()
    hidden[5, LAYER] = slower.hidden[0]
    items = {name: getattr(followed, name).copy() for name in ("output", "misalignment")}
    for name, course in items.items():
        course[5] = getattr(slower, name)[0]
    found = measure_layer_law(changed(followed, hidden=hidden, **items))
    ratio = found.half_time / found.predicted_half_time
    np.testing.assert_allclose(ratio[[1, 2, 4], 0], 1, rtol=1e-3)
    assert ratio[5, 0] == pytest.approx(2, rel=1e-2)


def test_a_half_time_lies_between_records():
    output = np.array([0.0, 0.16, 0.64, 1.0])
    curves = Curves(np.ones(4), output, output - np.sqrt(output))
    assert half_time(curves, Pair(1.0, 1.0), np.array([0, 10, 20, 30])) == pytest.approx(12.5)


@pytest.mark.parametrize("signed", [[0.5, 0.8, 1.0], [0.0, 0.1, 0.4], [-0.9, -0.2, 0.4]])
def test_outputs_that_start_beyond_or_never_come_half_way_have_no_half_time(signed):
    output = np.square(signed)
    curves = Curves(np.ones(3), output, output - np.array(signed))
    assert np.isnan(half_time(curves, Pair(1.0, 1.0), np.arange(3)))


def test_seeds_stand_side_by_side_whatever_their_order():
    followed = grid()
    order = np.arange(12).reshape(2, 6).T.ravel()
    names = "hidden output misalignment loss mean_error input_square target_square seed converged"
    mixed = changed(followed, **{name: getattr(followed, name)[order] for name in names.split()})
    one, other = measure_layer_law(followed), measure_layer_law(mixed)
    np.testing.assert_array_equal(one.half_time, other.half_time)
    assert other.seed.tolist() == [0, 1]


def test_seeds_with_other_pairs_are_refused():
    followed = grid()
    squares = followed.target_square.copy()
    squares[-1] += 0.1
    with pytest.raises(InputError, match="seeds of the grid learnt different pairs"):
        measure_layer_law(changed(followed, target_square=squares))


def test_the_script_writes_the_law(tmp_path):
    write_setting_record(grid(), tmp_path / "grid.h5")
    paths = {"trajectories": tmp_path / "grid.h5", "output": tmp_path / "law.h5"}
    done = run_script("measure_layer_law.py", **paths)
    assert done.returncode == 0, done.stderr
    found = read_setting_record(LayerLaw, tmp_path / "law.h5")
    np.testing.assert_array_equal(found.exponent, measure_layer_law(grid()).exponent)
