from typing import get_type_hints

import numpy as np
import pytest
from planted_courses import LAYER, RATES, changed, lazy_start, planted, rich_start, run_script

from repatlas.dynamics.distances import frozen_rates, predict_distances
from repatlas.dynamics.findings import FinalDistances, Fits
from repatlas.errors import InputError
from repatlas.setting_records import read_setting_record, write_setting_record
from repatlas.theory.effective import Pair

GRID = Pair(np.repeat([0.5, 1.0, 1.5], 3), np.tile([0.0, 0.5, 1.0], 3))
STEPS = np.arange(0, 60001, 600)


def fits_with(hidden_rate, output_rate, identifiable):
    """Fits of some replicas, of which distances are told only with rates."""
    shape = len(hidden_rate), 3
    tables = {name: np.full(shape, np.nan) for name in ("hidden_rate", "output_rate")}
    tables["hidden_rate"][:, LAYER] = hidden_rate
    tables["output_rate"][:, LAYER] = output_rate
    told = np.zeros(shape, dtype=bool)
    told[:, LAYER] = identifiable
    others = {
        name: np.zeros(1)
        for name in get_type_hints(Fits)
        if name not in ("FORMAT", "VERSION", "settings", "layer", "identifiable", *tables)
    }
    return Fits({}, layer=LAYER, identifiable=told, **tables, **others)


def grid(hidden=0.02):
    """A pair with one target starts apart as well."""
    start = rich_start(
        Pair(GRID.input_square, np.where(GRID.target_square, GRID.target_square, 0.3))
    )
    same = GRID.target_square == 0
    misalignment = np.where(same, start.output, start.misalignment)
    return planted(
        GRID, type(start)(start.hidden + hidden, start.output, misalignment), steps=STEPS
    )


RIGHT = fits_with([RATES.hidden], [RATES.output], [True])


def test_distances_of_pairs_never_fitted_are_told():
    found = predict_distances(grid(), RIGHT)
    np.testing.assert_allclose(found.predicted, found.measured, rtol=1e-4, atol=1e-6)
    assert found.converged.all()


def test_only_the_ratio_of_the_rates_counts():
    slower = fits_with([RATES.hidden / 7], [RATES.output / 7], [True])
    one, other = predict_distances(grid(), RIGHT), predict_distances(grid(), slower)
    np.testing.assert_allclose(one.predicted, other.predicted)
    assert one.hidden_rate == pytest.approx(7 * other.hidden_rate)


def test_start_and_task_make_the_distance():
    found = predict_distances(grid(), RIGHT)
    made = found.a_high / 2 + np.sqrt(found.a_high**2 / 4 + found.a_low**2)
    np.testing.assert_allclose(made, found.predicted)
    np.testing.assert_array_equal(found.start, grid().hidden[:, LAYER, 0])
    np.testing.assert_array_equal(found.a_low[::3], 0)


def test_without_the_assumption_an_aligned_pair_ends_the_same():
    found = predict_distances(grid(), RIGHT)
    np.testing.assert_allclose(found.unaligned, found.predicted, rtol=1e-6)


def test_a_decoder_that_is_stronger_than_outputs_show_has_less_to_change():
    followed = grid()
    stronger = changed(followed, decoder_square=followed.decoder_square + 5)
    found = predict_distances(stronger, RIGHT)
    nearer = np.abs(found.unaligned - found.start) < np.abs(found.predicted - found.start)
    assert nearer.all()


def test_the_decoder_of_several_outputs_is_no_vector():
    followed = changed(grid(), settings={"points": {"outputs": 2}})
    found = predict_distances(followed, RIGHT)
    assert np.isnan(found.unaligned).all()
    assert np.isfinite(found.predicted).all()


def test_a_lazy_pair_stays_where_it_is():
    pair = Pair(np.array([1.0]), np.array([0.5]))
    found = predict_distances(planted(pair, lazy_start(pair)), RIGHT)
    np.testing.assert_allclose(found.measured, found.predicted, rtol=1e-4)
    assert found.a_high[0] > 10 * found.a_low[0]


def test_rates_are_means_over_replicas_whose_course_tells_them():
    found = frozen_rates(fits_with([0.01, 0.04, 9.0], [0.1, 0.1, 9.0], [True, True, False]))
    assert (found.hidden, found.output) == pytest.approx((0.02, 0.1))


def test_if_no_course_tells_them_all_that_were_fitted_count():
    found = frozen_rates(fits_with([0.01, 0.04, np.nan], [0.1, 0.1, np.nan], [False] * 3))
    assert (found.hidden, found.output) == pytest.approx((0.02, 0.1))


def test_without_rates_nothing_is_told_of_what_was_measured():
    found = predict_distances(grid(), fits_with([np.nan], [np.nan], [False]))
    assert np.isnan(found.predicted).all()
    assert np.isnan(found.hidden_rate)
    np.testing.assert_array_equal(found.measured, grid().hidden[:, LAYER, -1])


def test_a_pair_that_the_layer_never_tells_apart_is_left_out_alone():
    followed = grid()
    hidden = followed.hidden.copy()
    hidden[4] = 0
    found = predict_distances(changed(followed, hidden=hidden), RIGHT)
    np.testing.assert_array_equal(np.isnan(found.predicted), np.arange(9) == 4)


def test_rates_of_another_layer_are_refused():
    with pytest.raises(InputError, match="layer 2 cannot be told with rates of layer 1"):
        predict_distances(changed(grid(), layer=2), RIGHT)


def test_the_script_writes_the_distances(tmp_path):
    paths = {"trajectories": tmp_path / "grid.h5", "fits": tmp_path / "fits.h5"}
    write_setting_record(grid(), paths["trajectories"])
    absent = run_script("predict_distances.py", **paths, output=tmp_path / "distances.h5")
    assert absent.returncode == 1
    assert "fits.h5 does not exist" in absent.stderr
    write_setting_record(RIGHT, paths["fits"])
    done = run_script("predict_distances.py", **paths, output=tmp_path / "distances.h5")
    assert done.returncode == 0, done.stderr
    found = read_setting_record(FinalDistances, tmp_path / "distances.h5")
    np.testing.assert_array_equal(found.predicted, predict_distances(grid(), RIGHT).predicted)
