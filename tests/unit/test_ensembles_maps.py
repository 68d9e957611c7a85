import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.ensembles.maps import hidden_cka, hidden_map, map_cosine
from repatlas.similarity.cka import cka

seeds = st.integers(0, 2**32 - 1)


def maps(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


@settings(deadline=None, max_examples=25)
@given(seeds, st.integers(2, 12))
def test_with_one_output_cka_is_the_squared_cosine(seed, inputs):
    first, second = maps(seed, 2, inputs, 1)
    expected = map_cosine(first, second) ** 2
    assert hidden_cka(hidden_map(first), hidden_map(second)) == pytest.approx(expected)


@settings(deadline=None, max_examples=25)
@given(seeds, st.integers(1, 4), st.floats(0.1, 10))
def test_neither_scale_nor_a_rotation_of_hidden_units_matters(seed, outputs, scale):
    first, second = map(hidden_map, maps(seed, 2, 9, outputs))
    rotation = np.linalg.qr(maps(seed, outputs, outputs))[0]
    moved = scale * second @ rotation
    assert hidden_cka(first, moved) == pytest.approx(hidden_cka(first, second))
    assert hidden_cka(first, scale * first @ rotation) == pytest.approx(1)


def test_cka_of_maps_is_that_of_representations_of_many_inputs():
    first, second = map(hidden_map, maps(0, 2, 5, 3))
    inputs = maps(1, 20_000, 5)
    assert hidden_cka(first, second) == pytest.approx(
        cka(inputs @ first, inputs @ second), abs=0.02
    )


def test_hidden_map_is_the_balanced_factor():
    weights = maps(0, 6, 3)
    hidden = hidden_map(weights)
    # W W' is the square of H H': both layers have the singular values' square roots.
    np.testing.assert_allclose(
        hidden @ hidden.T @ hidden @ hidden.T, weights @ weights.T, atol=1e-12
    )


def test_unrelated_maps_of_many_inputs_are_unlike():
    first, second = maps(0, 2, 4000, 1)
    assert abs(map_cosine(first, second)) < 0.1
    assert map_cosine(first, -first) == pytest.approx(-1)
