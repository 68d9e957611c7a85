import numpy as np
import pytest
from measure_definitions import related_layers

from repatlas.similarity.kernels import pair_values
from repatlas.similarity.neighbours import neighbour_count, neighbour_overlaps
from repatlas.similarity.permuted import (
    distance_correlation_null,
    neighbour_null,
    procrustes_null,
)
from repatlas.similarity.rsa import distance_correlations
from repatlas.similarity.shape import procrustes_similarities
from repatlas.store.gram import linear_gram

COUNT = 40
PAIRS = [(0, 1), (0, 2), (2, 1)]


@pytest.fixture(scope="module")
def grams():
    layers = related_layers(np.random.default_rng(0), COUNT, (60, 25, 6))
    return np.array([linear_gram(layer.astype(np.float64)) for layer in layers])


@pytest.fixture(scope="module")
def orders():
    generator = np.random.default_rng(1)
    return np.array([np.arange(COUNT), *(generator.permutation(COUNT) for _ in range(50))])


def distances_of(grams):
    squares = np.diagonal(grams, axis1=1, axis2=2)
    return squares[:, :, None] + squares[:, None, :] - 2 * grams


def procrustes(grams):
    return procrustes_similarities(grams)


def neighbours(grams):
    return neighbour_overlaps(distances_of(grams), neighbour_count(COUNT))


def rsa(grams):
    return distance_correlations(pair_values(distances_of(grams)))


def found(measure, grams, orders):
    if measure is procrustes:
        return procrustes_null(grams, PAIRS, orders)
    null = neighbour_null if measure is neighbours else distance_correlation_null
    return null(distances_of(grams), PAIRS, orders)


@pytest.mark.parametrize("measure", [procrustes, neighbours, rsa])
def test_null_is_the_measure_of_permuted_examples(measure, grams, orders):
    null = found(measure, grams, orders[:5])
    for row, order in enumerate(orders[:5]):
        moved = grams[:, order][:, :, order]
        for column, (first, second) in enumerate(PAIRS):
            expected = measure(np.stack([grams[first], moved[second]]))[0, 1]
            assert null[row, column] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("measure", [procrustes, neighbours, rsa])
def test_related_layers_are_far_above_their_null(measure, grams, orders):
    null = found(measure, grams, orders)
    values, others = null[0], null[1:]
    assert (values > others.mean(axis=0) + 4 * others.std(axis=0)).all()


def test_null_of_neighbours_is_their_share_of_the_examples(grams, orders):
    null = found(neighbours, grams, orders)[1:]
    np.testing.assert_allclose(null.mean(axis=0), 10 / (COUNT - 1), atol=0.02)


def test_null_of_correlations_is_zero_and_that_of_rotations_is_not(grams, orders):
    np.testing.assert_allclose(found(rsa, grams, orders)[1:].mean(axis=0), 0, atol=0.1)
    assert (found(procrustes, grams, orders)[1:].mean(axis=0) > 0.3).all()


def test_layer_that_is_constant_has_no_null(grams, orders):
    dead = np.stack([grams[0], np.zeros_like(grams[0]), grams[2]])
    assert np.isnan(found(rsa, dead, orders)[:, [0, 2]]).all()
    assert (found(procrustes, dead, orders)[:, [0, 2]] == 0).all()


def test_few_examples_have_fewer_neighbours():
    assert [neighbour_count(examples) for examples in (4, 19, 20, 256)] == [2, 9, 10, 10]
