import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Lasso

from repatlas.units.dense_maps import least_squares
from repatlas.units.lasso import TOLERANCE, duality_gaps, lasso_path

seeds = st.integers(0, 2**32 - 1)


def standard(rows):
    return (rows - rows.mean(axis=0)) / rows.std(axis=0)


def mixed(seed, rows, p, q):
    """Standardised units (rows, p) and (rows, q) with signals in common."""
    generator = np.random.default_rng(seed)
    signals = generator.normal(size=(rows, 4))
    return tuple(
        standard(signals @ generator.normal(size=(4, size)) + generator.normal(size=(rows, size)))
        for size in (p, q)
    )


def products(x, y):
    return x.T @ x / len(x), x.T @ y / len(x)


@settings(deadline=None, max_examples=30)
@given(seeds, st.integers(1, 8), st.integers(1, 5))
def test_slopes_are_those_of_a_minimum(seed, p, q):
    gram, cross = products(*mixed(seed, 50, p, q))
    for maps in lasso_path(gram, cross, [0.3, 0.1, 0.01], tolerance=1e-13):
        slopes = cross - gram @ maps.weights
        used = maps.weights != 0
        np.testing.assert_allclose(
            slopes[used], maps.alpha * np.sign(maps.weights[used]), atol=1e-6
        )
        assert np.abs(slopes).max() <= maps.alpha + 1e-6


@pytest.mark.parametrize("rows", [400, 12])
def test_maps_are_those_of_scikit_learn(rows):
    x, y = mixed(0, rows, 20, 6)
    alphas = [0.5, 0.2, 0.05, 0.01]
    for maps in lasso_path(*products(x, y), alphas, tolerance=1e-14):
        other = Lasso(alpha=maps.alpha, fit_intercept=False, tol=1e-14, max_iter=10**6).fit(x, y)
        np.testing.assert_allclose(maps.weights, other.coef_.T, atol=1e-6)


def test_planted_units_are_found_and_no_others():
    # Independent predicting units: each weight is smaller by alpha, and the others are 0.
    generator = np.random.default_rng(1)
    x = np.linalg.qr(standard(generator.normal(size=(500, 30))))[0] * np.sqrt(500)
    planted = np.zeros((30, 40))
    for unit in range(40):
        chosen = generator.choice(30, size=3, replace=False)
        planted[chosen, unit] = generator.choice([-1, 1], size=3) * [0.7, 0.5, 0.4]
    (maps,) = lasso_path(np.eye(30), x.T @ (x @ planted) / 500, [0.1], tolerance=1e-13)
    expected = planted - 0.1 * np.sign(planted)
    np.testing.assert_array_equal(maps.weights != 0, planted != 0)
    np.testing.assert_allclose(maps.weights, expected, atol=1e-6)


def test_no_weight_is_left_from_the_largest_correlation_on():
    gram, cross = products(*mixed(2, 100, 10, 7))
    largest = np.abs(cross).max()
    above, below = lasso_path(gram, cross, [largest, 0.99 * largest])
    assert not above.weights.any()
    np.testing.assert_allclose(above.gaps, 0, atol=1e-12)
    assert np.count_nonzero(below.weights) == 1


@settings(deadline=None, max_examples=30)
@given(seeds, st.integers(1, 40), st.integers(1, 10))
def test_every_unit_reaches_the_gap_even_where_units_outnumber_rows(seed, p, q):
    gram, cross = products(*mixed(seed, 20, p, q))
    for maps in lasso_path(gram, cross, [0.3, 0.03, 0.003]):
        assert (maps.gaps <= TOLERANCE / 2).all()
        again = duality_gaps(gram, cross, maps.weights, maps.alpha)
        np.testing.assert_allclose(maps.gaps, again, atol=1e-12)


def test_the_gap_bounds_how_far_the_objective_is_above_its_least_value():
    gram, cross = products(*mixed(3, 100, 15, 4))
    (rough,) = lasso_path(gram, cross, [0.05], tolerance=1e-2)
    (exact,) = lasso_path(gram, cross, [0.05], tolerance=1e-14)
    above = objectives(gram, cross, rough) - objectives(gram, cross, exact)
    assert (above > 0).any()
    assert (above <= rough.gaps + 1e-12).all()


def objectives(gram, cross, maps):
    explained = np.einsum("pq,pq->q", maps.weights, 2 * cross - gram @ maps.weights)
    return (1 - explained) / 2 + maps.alpha * np.abs(maps.weights).sum(axis=0)


def test_where_a_path_starts_changes_nothing():
    gram, cross = products(*mixed(4, 100, 12, 5))
    *_, last = lasso_path(gram, cross, [0.5, 0.3, 0.1, 0.02], tolerance=1e-13)
    (alone,) = lasso_path(gram, cross, [0.02], tolerance=1e-13)
    np.testing.assert_allclose(last.weights, alone.weights, atol=1e-6)


def test_each_unit_is_mapped_as_if_it_were_the_only_one():
    gram, cross = products(*mixed(5, 100, 12, 6))
    (together,) = lasso_path(gram, cross, [0.05], tolerance=1e-13)
    for unit in range(6):
        (alone,) = lasso_path(gram, cross[:, [unit]], [0.05], tolerance=1e-13)
        np.testing.assert_allclose(together.weights[:, [unit]], alone.weights, atol=1e-6)


@settings(deadline=None, max_examples=30)
@given(seeds, st.integers(1, 12), st.integers(1, 5), st.integers(15, 60))
def test_least_squares_are_those_of_numpy(seed, p, q, rows):
    x, y = mixed(seed, rows, p, q)
    expected = np.linalg.lstsq(x, y, rcond=None)[0]
    np.testing.assert_allclose(least_squares(*products(x, y)), expected, atol=1e-6)


def test_repeated_units_share_the_weight():
    x, y = mixed(6, 100, 4, 3)
    once = least_squares(*products(x, y))
    twice = least_squares(*products(np.hstack([x, x]), y))
    np.testing.assert_allclose(twice, np.vstack([once, once]) / 2, atol=1e-9)


def test_fewer_rows_than_units_have_the_least_squares_of_least_norm():
    x, y = mixed(7, 12, 20, 3)
    expected = np.linalg.lstsq(x, y, rcond=1e-6)[0]
    np.testing.assert_allclose(least_squares(*products(x, y)), expected, atol=1e-6)


def test_weak_penalties_lead_to_least_squares():
    gram, cross = products(*mixed(8, 100, 8, 3))
    (maps,) = lasso_path(gram, cross, [1e-9], tolerance=1e-14)
    np.testing.assert_allclose(maps.weights, least_squares(gram, cross), atol=1e-5)


def test_without_units_there_are_no_weights():
    nothing, none = np.zeros((0, 0)), np.zeros((0, 3))
    (maps,) = lasso_path(nothing, none, [0.1])
    assert maps.weights.shape == least_squares(nothing, none).shape == (0, 3)
    assert not maps.gaps.any()
    gram, _ = products(*mixed(9, 50, 4, 1))
    (maps,) = lasso_path(gram, np.zeros((4, 0)), [0.1])
    assert maps.weights.shape == (4, 0)
