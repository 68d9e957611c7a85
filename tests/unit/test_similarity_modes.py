"""Concentration and bimodality of components with known answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatlas.similarity.modes import (
    GAUSSIAN_GAIN,
    LEAST_IMAGES,
    find_modes,
    participation_ratio,
)


def planted(count, upper, ratio, seed=0):
    """A Gaussian vector in which a share of the images lies far above the others."""
    generator = np.random.default_rng(seed)
    vector = generator.standard_normal(count)
    rows = generator.permutation(count)[: round(upper * count)]
    vector[rows] = ratio * generator.lognormal(0, 0.3, len(rows))
    return vector / np.linalg.norm(vector), rows


@given(st.integers(1, 40), st.integers(0, 40), st.floats(1e-30, 1e30))
def test_participation_is_the_share_of_equal_images(carriers, others, scale):
    vector = np.r_[np.full(carriers, scale), np.zeros(others)]
    expected = carriers / (carriers + others)
    np.testing.assert_allclose(participation_ratio(vector), expected)
    np.testing.assert_allclose(participation_ratio(-vector[::-1]), expected)


def test_participation_of_a_unit_vector_is_its_definition():
    vectors = np.random.default_rng(0).standard_normal((3, 2, 50))
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    ratios = participation_ratio(vectors)
    assert ratios.shape == (3, 2)
    np.testing.assert_allclose(ratios, 1 / (50 * (vectors**4).sum(axis=-1)))


def test_participation_of_a_gaussian_vector_is_a_third():
    vector = np.random.default_rng(0).standard_normal(200_000)
    assert float(participation_ratio(vector)) == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.parametrize("upper", [0.03, 0.09, 0.3])
@pytest.mark.parametrize("count", [512, 3000])
def test_planted_upper_mode_is_found_with_its_size(upper, count):
    vector, rows = planted(count, upper, ratio=20)
    modes = find_modes(vector)
    assert modes.bimodal
    assert modes.upper == pytest.approx(upper, abs=0.01)
    assert modes.weight == pytest.approx((vector[rows] ** 2).sum(), abs=0.01)
    assert 0.5 < modes.depth <= 1


@pytest.mark.parametrize("count", [100, 512, 3000])
@pytest.mark.parametrize("seed", range(4))
def test_gaussian_vector_is_unimodal(count, seed):
    modes = find_modes(np.random.default_rng(seed).standard_normal(count))
    assert not modes.bimodal
    assert np.isnan(modes.upper)
    assert np.isnan(modes.weight)


def test_gaussian_vector_gives_the_gain_that_is_documented():
    modes = find_modes(np.random.default_rng(1).standard_normal(20_000))
    assert modes.bic_gain == pytest.approx(GAUSSIAN_GAIN, abs=0.03)


def test_two_components_describe_separate_modes_better_than_a_gaussian_vector():
    magnitudes = 10 ** np.random.default_rng(0).normal([-2] * 400 + [0] * 40, 0.1)
    assert find_modes(magnitudes).bic_gain > 1
    one = 10 ** np.random.default_rng(0).normal(0, 0.1, 440)
    assert find_modes(one).bic_gain < 0.03


def test_gain_charges_the_further_parameters_of_two_components():
    one = 10 ** np.random.default_rng(0).normal(0, 0.3, 60)
    assert -3 * np.log(60) / 60 < find_modes(one).bic_gain < 0


def test_single_outliers_are_no_mode():
    vector = np.random.default_rng(0).standard_normal(100)
    vector[: LEAST_IMAGES - 1] = 300
    assert not find_modes(vector).bimodal
    vector[:LEAST_IMAGES] = 300
    assert find_modes(vector).upper == LEAST_IMAGES / 100


def test_one_hot_vector():
    modes = find_modes(np.eye(200)[3])
    assert modes.participation == 1 / 200
    assert not modes.bimodal


def test_equal_magnitudes_have_one_mode():
    modes = find_modes(np.resize([0.1, -0.1], 100))
    assert (modes.participation, modes.bic_gain, modes.depth) == (1, 0, 0)
    assert not modes.bimodal


def test_length_sign_and_order_change_nothing():
    vector, _ = planted(400, 0.05, ratio=30)
    first, other = find_modes(vector), find_modes(-1e-3 * vector[::-1])
    assert first.upper == other.upper
    assert first.bic_gain == pytest.approx(other.bic_gain)
    assert first.depth == pytest.approx(other.depth)


def test_constant_layer_has_no_modes():
    modes = find_modes(np.full(20, np.nan))
    assert np.isnan([modes.participation, modes.bic_gain, modes.depth, modes.upper]).all()
    assert not modes.bimodal


@pytest.mark.parametrize("wrong", [np.zeros(5), np.zeros(0), np.eye(3), 1.0])
def test_what_is_no_component_is_refused(wrong):
    with pytest.raises(ValueError, match="component"):
        find_modes(wrong)
