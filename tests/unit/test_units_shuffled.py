"""Moments of networks of which the second saw other images."""

import numpy as np
import pytest
from related_units import correlated, moments_of

from repatlas.units.moments import PARTS

ROWS = 60


@pytest.fixture(scope="module")
def networks():
    generator = np.random.default_rng(0)
    first, second = correlated(generator, ROWS, 5), correlated(generator, ROWS, 3)
    # The halves differ in their means, which correlations over all images have to include.
    first[1::2] += 4 * first.std(axis=0)
    second[1::2] -= 4 * second.std(axis=0)
    return first, second


@pytest.fixture(scope="module")
def shuffled(networks):
    """The second network's units as `moments_of` shuffles them."""
    generator = np.random.default_rng(3)
    orders = [generator.permutation(ROWS // 2) for _ in range(2)]
    moved = networks[1].copy()
    for start, order in enumerate(orders):
        moved[start::2] = networks[1][start::2][order]
    return moved


def expected(first, second):
    return np.corrcoef(first.T, second.T)[: first.shape[1], first.shape[1] :]


def test_correlations_are_those_of_the_shuffled_images_in_every_part(networks, shuffled):
    moments = moments_of(networks, seed=3)
    first = networks[0]
    np.testing.assert_allclose(
        moments.shuffled_correlation(0, 1), expected(first, shuffled), atol=1e-12
    )
    for start, part in enumerate(PARTS):
        rows = slice(start, None, 2)
        found = moments.shuffled_correlation(0, 1, part)
        np.testing.assert_allclose(found, expected(first[rows], shuffled[rows]), atol=1e-12)
    assert (expected(first, shuffled) < -0.5).all()


def test_covariances_are_those_of_the_shuffled_images(networks, shuffled):
    moments = moments_of(networks, seed=3)
    centered = [units - units.mean(axis=0) for units in (networks[0], shuffled)]
    np.testing.assert_allclose(
        moments.shuffled_covariance(0, 1), centered[0].T @ centered[1] / ROWS, atol=1e-12
    )


def test_unit_varies_in_a_part_or_not(networks):
    first = networks[0].copy()
    first[::2, 1] = 2.5
    first[:, 3] = -1
    moments = moments_of([first, networks[1]])
    for part, still in (("all", [3]), ("first", [1, 3]), ("second", [3])):
        assert np.flatnonzero(~moments.varies(part)).tolist() == still
