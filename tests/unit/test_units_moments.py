import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.units.moments import Moments, UnitMoments


def moments(values):
    deviations = values - values.mean(axis=0)
    return Moments(len(values), values.mean(axis=0), deviations.T @ deviations)


def unit_moments(values, units):
    halves = moments(values[::2]), moments(values[1::2])
    return UnitMoments(tuple(units), halves, np.full((2, *(values.shape[1],) * 2), np.nan))


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 30), st.integers(1, 30), st.floats(-1e3, 1e3), st.integers(0, 2**32 - 1))
def test_merged_moments_are_those_of_all_rows(first, second, offset, seed):
    random = np.random.default_rng(seed)
    one, other = random.normal(size=(first, 3)), random.normal(size=(second, 3)) + offset
    found, expected = moments(one).merged(moments(other)), moments(np.vstack([one, other]))
    assert found.count == expected.count
    np.testing.assert_allclose(found.mean, expected.mean, atol=1e-9)
    np.testing.assert_allclose(found.product, expected.product, atol=1e-6)
    np.testing.assert_allclose(found.variance, np.vstack([one, other]).var(axis=0), atol=1e-7)
    np.testing.assert_allclose(np.diagonal(found.covariance), found.variance)


@pytest.mark.parametrize(
    ("part", "rows"),
    [("all", slice(None)), ("first", slice(0, None, 2)), ("second", slice(1, None, 2))],
)
def test_correlations_means_and_covariances_of_a_part_are_numpys(part, rows):
    random = np.random.default_rng(0)
    values = random.normal(size=(40, 5)) @ random.normal(size=(5, 5)) + 3
    found = unit_moments(values, (2, 3))
    expected = np.corrcoef(values[rows].T)
    np.testing.assert_allclose(found.correlation(0, 1, part), expected[:2, 2:])
    np.testing.assert_allclose(found.correlation(1, 0, part), expected[2:, :2])
    np.testing.assert_allclose(found.correlation(1, 1, part), expected[2:, 2:])
    np.testing.assert_allclose(found.means(1, part), values[rows, 2:].mean(axis=0))
    covariance = np.cov(values[rows].T, bias=True)
    np.testing.assert_allclose(found.covariance(0, 1, part), covariance[:2, 2:])


def test_units_that_do_not_vary_are_dead_and_correlate_with_none():
    values = np.random.default_rng(0).normal(size=(40, 5)) + 1
    values[:, 1] = 7
    # As much as float32 leaves of a constant.
    values[:, 3] = 1e4 * (1 + 1e-8 * values[:, 3])
    found = unit_moments(values, (2, 3))
    np.testing.assert_array_equal(found.dead, [False, True, False, True, False])
    np.testing.assert_array_equal(found.alive(1), [True, False, True])
    correlation = found.correlation(0, 1)
    assert np.isfinite(correlation).all()
    assert (correlation[1] == 0).all()
    assert (correlation[:, 1] == 0).all()
    assert correlation[0, 0] != 0


def test_a_unit_that_varies_in_one_half_alone_is_not_dead():
    values = np.random.default_rng(0).normal(size=(40, 2))
    values[::2, 1] = 0
    found = unit_moments(values, (1, 1))
    assert not found.dead.any()
    assert found.correlation(0, 1, "first")[0, 0] == 0
    assert found.correlation(0, 1, "second")[0, 0] != 0
