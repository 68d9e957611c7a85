import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.similarity.cka import cka
from repatlas.similarity.outliers import translated_cka, translation_limit

seeds = st.integers(0, 2**32 - 1)


def skewed(generator, count, width):
    """Features with a mean, unequal directions, and a few examples far from the rest."""
    x = generator.normal(size=(count, width)) * generator.uniform(0.1, 3, size=width) + 2
    x[: count // 8 + 1] += 4
    return x


def translate(x, moved, direction, distance):
    return x + distance * np.outer(moved, direction / np.linalg.norm(direction))


@settings(deadline=None)
@given(seeds, st.integers(4, 40), st.integers(1, 60), st.floats(1e-3, 1e4), st.data())
def test_is_cka_with_the_translated_features(seed, count, width, distance, data):
    generator = np.random.default_rng(seed)
    x, direction = skewed(generator, count, width), generator.normal(size=width)
    size = data.draw(st.integers(1, count - 1))
    moved = np.isin(np.arange(count), generator.permutation(count)[:size])
    found = translated_cka(x, moved, direction, [-distance, 0, distance])
    expected = [
        cka(x, translate(x, moved, direction, length), "biased") for length in (-distance, distance)
    ]
    assert found == pytest.approx([expected[0], 1, expected[1]], rel=1e-7, abs=1e-10)


@settings(deadline=None)
@given(seeds, st.integers(4, 60), st.integers(1, 60), st.data())
def test_limit_of_the_theorem_is_reached_in_any_direction(seed, count, width, data):
    generator = np.random.default_rng(seed)
    x = skewed(generator, count, width)
    size = data.draw(st.integers(1, count - 1))
    moved = np.isin(np.arange(count), generator.permutation(count)[:size])
    limit = translation_limit(x, moved)
    far = 1e6 * np.linalg.norm(x)
    for _ in range(2):
        direction = generator.normal(size=width)
        assert translated_cka(x, moved, direction, [far])[0] == pytest.approx(limit, abs=1e-4)
    assert cka(x, translate(x, moved, direction, 1e3 * far), "biased") == pytest.approx(
        limit, abs=1e-3
    )
    # To move the others, the subset and its complement exchanged, comes to the same.
    assert translation_limit(x, ~moved) == pytest.approx(limit, abs=1e-9)


def test_limit_is_the_formula_of_the_theorem():
    generator = np.random.default_rng(0)
    x = skewed(generator, 50, 7)
    x -= x.mean(axis=0)
    moved = np.arange(50) >= 20
    eigenvalues = np.linalg.eigvalsh(x.T @ x)
    dimension = eigenvalues.sum() ** 2 / np.square(eigenvalues).sum()
    kept = x[:20].mean(axis=0)
    ratio = kept @ kept / np.square(x).sum(axis=1).mean()
    expected = 0.4 / 0.6 * ratio * np.sqrt(dimension)
    assert translation_limit(x, moved) == pytest.approx(expected)


def test_one_example_moved_brings_cka_down_to_the_order_of_one_example():
    generator = np.random.default_rng(1)
    x = generator.normal(size=(400, 20))
    moved = np.arange(400) == 7
    centered = x - x.mean(axis=0)
    own = centered[7] @ centered[7] / np.square(centered).sum(axis=1).mean()
    limit = translation_limit(x, moved)
    assert limit == pytest.approx(own / 399 * np.sqrt(20), rel=0.03)
    assert limit < 0.05
    near, far = translated_cka(x, moved, np.ones(20), [0.1, 1e6])
    assert near > 0.999
    assert far == pytest.approx(limit, abs=1e-3)


def test_clusters_apart_keep_their_cka_where_one_of_them_moves():
    # All variance lies between the two: the limit is 1, and no translation along it changes that.
    x = np.repeat([[0.0, 0, 0], [1, 0, 0]], [30, 10], axis=0)
    moved = np.arange(40) >= 30
    assert translation_limit(x, moved) == pytest.approx(1)
    assert translated_cka(x, moved, [1, 0, 0], [0.5, 3, 1e5]) == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("gap", [1, 0.7, 1e-3, 3e5])
def test_features_that_the_translation_makes_constant_have_no_value(gap):
    direction = np.array([1.0, 2, 3]) / np.sqrt(14)
    moved = np.arange(40) >= 31
    x = 0.3 + gap * np.outer(moved, direction)
    found = translated_cka(x, moved, direction, [-gap, -0.99 * gap, gap])
    np.testing.assert_array_equal(np.isnan(found), [True, False, False])


@pytest.mark.parametrize("value", [0, 0.1, -3e4])
def test_constant_features_have_no_value(value):
    x, moved = np.full((9, 4), value), np.arange(9) < 2
    assert np.isnan(translated_cka(x, moved, np.ones(4), [1, 10])).all()
    assert np.isnan(translation_limit(x, moved))


@pytest.mark.parametrize("moved", [np.zeros(9, bool), np.ones(9, bool)])
def test_part_must_be_a_part(moved):
    with pytest.raises(ValueError, match="some examples must be moved"):
        translation_limit(np.random.default_rng(2).normal(size=(9, 4)), moved)
