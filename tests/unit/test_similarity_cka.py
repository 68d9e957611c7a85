import numpy as np
import pytest
from cka_definitions import cka_definition, hsic_biased, hsic_unbiased
from hypothesis import given
from hypothesis import strategies as st

from repatlas.errors import InputError
from repatlas.similarity.cka import cka

HSIC = {"unbiased": hsic_unbiased, "biased": hsic_biased}
estimators = st.sampled_from(["unbiased", "biased"])
seeds = st.integers(0, 2**32 - 1)


def related(generator, n, p, q):
    """Features of two networks that share part of what they know."""
    shared = generator.normal(size=(n, 3))
    x = shared @ generator.normal(size=(3, p)) + generator.normal(size=(n, p))
    y = shared @ generator.normal(size=(3, q)) + generator.normal(size=(n, q))
    return x, y


def test_value_worked_out_by_hand():
    # The corners of a square: their first coordinate, their second, and both.
    x = np.array([[1.0], [1], [-1], [-1]])
    y = np.array([[1.0], [-1], [1], [-1]])
    both = np.hstack([x, y])
    assert cka(x, y, "biased") == pytest.approx(0, abs=1e-15)
    assert cka(x, both, "biased") == pytest.approx(1 / np.sqrt(2))
    # A - <d, e> b / (b - 2) + t t' / ((b - 1)(b - 2)): 0 - 8 + 16/6 across, 16 - 8 + 16/6 within.
    assert cka(x, y) == pytest.approx(-1 / 2)


@given(seeds, st.integers(4, 30), st.integers(1, 40), st.integers(1, 40), estimators, st.booleans())
def test_is_the_definition(seed, n, p, q, estimator, batched):
    x, y = related(np.random.default_rng(seed), n, p, q)
    size = 8 if batched else None
    expected = cka_definition(x, y, HSIC[estimator], size)
    if np.isfinite(expected):  # the square of an unbiased HSIC of few examples may be near zero
        assert cka(x, y, estimator, size) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(seeds, estimators)
def test_rotation_scale_and_translation_change_nothing(seed, estimator):
    generator = np.random.default_rng(seed)
    x, y = related(generator, 20, 6, 9)
    rotation = np.linalg.qr(generator.normal(size=(6, 6)))[0]
    moved = 1e-3 * x @ rotation + 5 * generator.normal(size=6)
    assert cka(moved, y, estimator) == pytest.approx(cka(x, y, estimator), abs=1e-9)


def test_other_linear_maps_do_change_it():
    x, y = related(np.random.default_rng(0), 100, 6, 9)
    assert abs(cka(x * [100, 1, 1, 1, 1, 1], y) - cka(x, y)) > 0.05


@given(seeds, estimators)
def test_is_symmetric_and_one_with_itself(seed, estimator):
    x, y = related(np.random.default_rng(seed), 12, 5, 30)
    assert cka(x, x, estimator) == 1
    assert cka(x, y, estimator) == pytest.approx(cka(y, x, estimator), abs=1e-12)


@pytest.mark.parametrize("estimator", ["unbiased", "biased"])
def test_products_over_features_and_over_examples_agree(estimator):
    x, y = related(np.random.default_rng(1), 50, 8, 11)
    padded = np.hstack([x, np.zeros((50, 60))])
    assert cka(padded, y, estimator) == pytest.approx(cka(x, y, estimator), abs=1e-12)


def test_unrelated_features_are_near_zero_and_at_times_below():
    generator = np.random.default_rng(2)
    pairs = [generator.normal(size=(2, 40, 200)) for _ in range(100)]
    unbiased = np.array([cka(x, y) for x, y in pairs])
    assert abs(unbiased.mean()) < 4 * unbiased.std() / 10
    assert 20 < np.count_nonzero(unbiased < 0) < 80
    assert min(cka(x, y, "biased") for x, y in pairs) > 0.5


def test_one_batch_is_the_whole():
    x, y = related(np.random.default_rng(3), 30, 5, 6)
    assert cka(x, y, batch_size=30) == cka(x, y, batch_size=1000) == cka(x, y)
    assert cka(x, y, batch_size=15) != cka(x, y)


def test_last_batch_of_less_than_four_joins_the_one_before():
    x, y = related(np.random.default_rng(4), 22, 5, 6)
    halves = [
        [hsic_unbiased(a[rows], b[rows]) for rows in (slice(10), slice(10, 22))]
        for a, b in ((x, y), (x, x), (y, y))
    ]
    cross, own, other = np.sum(halves, axis=1)
    assert cka(x, y, batch_size=10) == pytest.approx(cross / np.sqrt(own * other))


@pytest.mark.parametrize("estimator", ["unbiased", "biased"])
@pytest.mark.parametrize("constant", [0.0, 0.1, 1e6])
def test_constant_features_have_no_value(estimator, constant):
    x = np.random.default_rng(5).normal(size=(10, 3))
    dead = np.full((10, 7), constant)
    assert np.isnan(cka(x, dead, estimator))
    assert np.isnan(cka(dead, dead, estimator))


def test_one_example_that_differs_has_a_biased_value_only():
    lone = np.zeros((10, 3))
    lone[4] = 2
    assert np.isnan(cka(lone, lone))
    assert cka(lone, lone, "biased") == pytest.approx(1)


def test_feature_maps_are_flattened():
    x = np.random.default_rng(6).normal(size=(10, 3, 4, 4))
    assert cka(x, x[:, :2]) == cka(x.reshape(10, -1), x[:, :2].reshape(10, -1))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((np.ones((5, 2)), np.ones((6, 2))), "x has 5 examples and y has 6"),
        ((np.ones(5), np.ones((5, 2))), r"x has shape \(5,\)"),
        ((np.ones((3, 2)), np.ones((3, 2))), "at least 4"),
        ((np.ones((5, 2)), np.full((5, 2), np.nan)), "y holds values that are not finite"),
        ((np.ones((5, 2)), np.ones((5, 2)), "debiased"), "'debiased' is unknown"),
        ((np.ones((5, 2)), np.ones((5, 2)), "biased", 3), "batch_size 3 is too small"),
    ],
)
def test_wrong_input_is_told_in_one_line(arguments, told):
    with pytest.raises(InputError, match=told) as caught:
        cka(*arguments)
    assert "\n" not in str(caught.value)
