import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_samples import defined_components

from repatlas.store.components import leading_components, orient, select_components

seeds = st.integers(0, 2**32 - 1)


def found(features, number):
    centered = (features - features.mean(axis=0)).astype(np.float32)
    gram = centered @ centered.T
    variance = float(np.square(centered, dtype=np.float64).sum())
    return leading_components(lambda columns: gram @ columns, len(gram), number, variance)


def planted(count, features, strength, seed=0):
    """One direction of examples, skewed as a block's is, in a little noise."""
    generator = np.random.default_rng(seed)
    direction = generator.exponential(size=count) ** 2
    direction -= direction.mean()
    direction /= np.linalg.norm(direction)
    axis = generator.normal(size=features)
    noise = generator.normal(size=(count, features))
    return direction, strength * np.outer(direction, axis) + noise


@pytest.mark.parametrize("count", [20, 200])  # the whole spectrum, and Lanczos
def test_planted_component_is_found_up_to_nothing(count):
    direction, features = planted(count, 300, 1e3)
    components = found(features, 4)
    assert components.shares[0] == pytest.approx(1, abs=1e-2)
    assert components.vectors[0] @ direction == pytest.approx(1, abs=1e-3)
    assert components.vectors.dtype == np.float32
    np.testing.assert_allclose(components.vectors @ components.vectors.T, np.eye(4), atol=1e-5)


@given(seeds, st.sampled_from([10, 80, 130]), st.integers(1, 9), st.sampled_from([20, 300]))
def test_agrees_with_the_singular_value_decomposition(seed, count, number, width):
    generator = np.random.default_rng(seed)
    scales = 2.0 ** -np.arange(width)[:, None]
    features = generator.normal(size=(count, width)) @ (scales * generator.normal(size=(width, 40)))
    number = min(number, count - 1)
    vectors, eigenvalues, shares = defined_components(features, number)
    components = found(features, number)
    np.testing.assert_allclose(components.eigenvalues, eigenvalues, atol=3e-6 * eigenvalues[0])
    np.testing.assert_allclose(components.shares, shares, atol=3e-6)
    clear = eigenvalues[0] - (eigenvalues[1] if number > 1 else 0) > 0.2 * eigenvalues[0]
    if clear:
        assert abs(components.vectors[0] @ vectors[0]) == pytest.approx(1, abs=1e-5)


def test_equal_eigenvalues_do_not_stop_it():
    # Lanczos gives up on a multiple of the identity.
    gram = np.eye(100, dtype=np.float32) - np.float32(0.01)
    components = leading_components(lambda columns: gram @ columns, 100, 5, 99.0)
    np.testing.assert_allclose(components.eigenvalues, 1, atol=1e-5)
    np.testing.assert_allclose(components.vectors @ components.vectors.T, np.eye(5), atol=1e-5)


@pytest.mark.parametrize("count", [30, 200])
def test_components_beyond_the_rank_do_not_exist(count):
    generator = np.random.default_rng(0)
    features = generator.normal(size=(count, 3)) @ generator.normal(size=(3, 50))
    components = found(features, 6)
    assert np.isfinite(components.vectors[:3]).all()
    assert np.isnan(components.vectors[3:]).all()
    assert (components.eigenvalues[3:] == 0).all()
    assert (components.shares[3:] == 0).all()
    assert components.shares.sum() == pytest.approx(1, abs=1e-5)


def test_fewer_examples_than_components():
    components = found(np.random.default_rng(0).normal(size=(5, 30)), 8)
    assert np.isfinite(components.vectors[:4]).all()  # centring takes the fifth
    assert np.isnan(components.vectors[4:]).all()


def test_constant_layer_has_no_component_and_no_share():
    components = select_components(np.zeros(3), np.zeros((10, 3)), 2, 0.0)
    assert np.isnan(components.vectors).all()
    assert (components.eigenvalues == 0).all()
    assert np.isnan(components.shares).all()


@given(seeds, st.integers(2, 50))
def test_signs_do_not_depend_on_those_given(seed, count):
    vectors = np.random.default_rng(seed).normal(size=(count, 3))
    oriented = orient(vectors)
    np.testing.assert_array_equal(oriented, orient(-vectors))
    assert ((oriented**3).sum(axis=0) >= -1e-12).all()


def test_large_entries_of_a_skewed_component_are_positive():
    vector = np.array([0.1, 0.1, 0.1, -0.9])
    np.testing.assert_array_equal(orient(vector[:, None])[:, 0], -vector)


def test_first_entry_decides_where_the_cubes_cancel():
    vector = np.array([1e-9, -1.0, 1.0 + 1e-9, -2.0, 2.0])
    np.testing.assert_array_equal(orient(vector[:, None])[:, 0], -vector)


def test_order_of_eigenpairs_does_not_matter():
    values, vectors = np.array([1.0, 3.0, 2.0]), np.eye(4)[:, :3]
    components = select_components(values, vectors, 2, 10.0)
    np.testing.assert_array_equal(components.eigenvalues, [3, 2])
    np.testing.assert_array_equal(components.vectors, np.eye(4)[1:3])
    np.testing.assert_array_equal(components.shares, [0.3, 0.2])


def test_same_gram_gives_the_same_bytes():
    features = np.random.default_rng(0).normal(size=(300, 40))
    first, second = found(features, 8), found(features, 8)
    assert first.vectors.tobytes() == second.vectors.tobytes()
