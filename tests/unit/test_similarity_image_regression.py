"""Regression of projections on image statistics with known answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatlas.similarity.image_regression import (
    FLOOR,
    folds_of,
    held_out_r2,
    held_out_r2s,
    image_features,
    log_projection,
    null_r2,
)

GENERATOR = np.random.default_rng(0)
COLOURS = GENERATOR.uniform(0, 1, (400, 3))
NOISE = GENERATOR.standard_normal(400)


def test_function_of_the_features_is_explained():
    target = 2 * COLOURS[:, 0] - COLOURS[:, 2] + 3
    assert held_out_r2(target, COLOURS) > 0.98


def test_liking_of_a_medium_value_is_explained_by_the_squares():
    assert held_out_r2((COLOURS[:, 1] - 0.5) ** 2, COLOURS) > 0.95


def test_noise_is_not_explained():
    assert -0.1 < held_out_r2(NOISE, COLOURS) < 0.02


def test_part_that_is_explained_is_the_part_that_is_planted():
    signal = (COLOURS[:, 0] - 0.5) * np.sqrt(12)
    target = np.sqrt(0.5) * signal + np.sqrt(0.5) * NOISE
    assert held_out_r2(target, COLOURS) == pytest.approx(0.5, abs=0.08)


def test_fit_is_judged_on_images_that_it_has_not_seen():
    features = np.random.default_rng(1).standard_normal((60, 40))
    assert held_out_r2(NOISE[:60], features) < 0


def test_fit_worse_than_the_mean_of_the_others_is_negative():
    target = np.r_[np.zeros(20), np.ones(20)]
    assert held_out_r2(target, target[:, None], np.r_[np.zeros(20), np.ones(20)]) <= 0


@pytest.mark.parametrize(("shift", "scale"), [(-100, 0.01), (3, 100)])
def test_units_change_nothing(shift, scale):
    target = COLOURS[:, 0] + 0.3 * NOISE
    expected = held_out_r2(target, COLOURS)
    assert held_out_r2(scale * target + shift, COLOURS) == pytest.approx(expected, abs=1e-6)
    assert held_out_r2(target, scale * COLOURS) == pytest.approx(expected, abs=1e-6)


def test_constant_feature_has_no_effect():
    target = COLOURS[:, 0] + NOISE
    wider = np.c_[COLOURS, np.full(400, 7.0)]
    assert held_out_r2(target, wider) == pytest.approx(held_out_r2(target, COLOURS))


def test_many_targets_at_once_are_explained_as_each_alone():
    targets = np.c_[COLOURS[:, 0], NOISE, np.full(400, 2.0), np.full(400, np.nan)]
    together = held_out_r2s(targets, COLOURS)
    np.testing.assert_allclose(together[:2], [held_out_r2(t, COLOURS) for t in targets.T[:2]])
    assert np.isnan(together[2:]).all()


def test_null_says_what_chance_gives():
    null = null_r2(COLOURS[:, 0], COLOURS, draws=30)
    assert null.shape == (30,)
    assert null.max() < 0.05
    np.testing.assert_array_equal(null, null_r2(COLOURS[:, 0], COLOURS, draws=30))


@given(st.integers(10, 60), st.integers(2, 5))
def test_folds_are_even_and_follow_the_ids(count, folds):
    ids = np.array([f"test/{row}" for row in range(count)])
    found = folds_of(ids, folds)
    sizes = np.bincount(found, minlength=folds)
    assert sizes.max() - sizes.min() <= 1
    np.testing.assert_array_equal(folds_of(ids[::-1], folds), found[::-1])


def test_logarithm_of_projections_has_a_floor_and_no_sign():
    values = log_projection([1.0, -1.0, 0.0, 1.0, 1.0])
    np.testing.assert_allclose(values[[0, 1]], np.log10(1 / np.sqrt(0.8)))
    assert values[2] == pytest.approx(np.log10(FLOOR))


def test_features_stand_side_by_side():
    statistics = {"mean_color": COLOURS, "brightness": COLOURS[:, 0]}
    table = image_features(statistics, ("brightness", "mean_color"))
    np.testing.assert_array_equal(table, np.c_[COLOURS[:, 0], COLOURS])


@pytest.mark.parametrize(
    ("target", "features", "folds"),
    [
        (np.zeros(5), np.zeros((4, 1)), 2),
        (np.zeros(5), np.zeros(5), 2),
        (np.zeros(5), np.zeros((5, 1)), 1),
        (np.zeros(5), np.zeros((5, 1)), np.zeros(4)),
    ],
)
def test_what_does_not_fit_together_is_refused(target, features, folds):
    with pytest.raises(ValueError, match=r"fit together|folds"):
        held_out_r2(target, features, folds)
