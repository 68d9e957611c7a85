import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from related_units import joint_of
from sklearn.metrics import mutual_info_score

from repatlas.units.information import mutual_information

seeds = st.integers(0, 2**32 - 1)


def counts(first, second, bins):
    """Counts (p, b, q, b) of integer bins (n, p) and (n, q)."""
    inside = [(units[:, :, None] == np.arange(bins)).astype(float) for units in (first, second)]
    one, other = (table.reshape(len(first), -1) for table in inside)
    return (one.T @ other).reshape(first.shape[1], bins, second.shape[1], bins)


def bias(first, second):
    """What Miller (1955) takes off, in nats: by the bins that are occupied."""
    return (len(set(first)) - 1) * (len(set(second)) - 1) / (2 * len(first))


@settings(deadline=None, max_examples=40)
@given(seeds, st.integers(1, 5), st.integers(1, 5), st.integers(2, 6), st.integers(2, 200))
def test_is_that_of_the_definition_less_its_bias(seed, p, q, bins, rows):
    generator = np.random.default_rng(seed)
    first = generator.integers(bins, size=(rows, p))
    second = (generator.integers(bins, size=(rows, q)) + first[:, :1]) % bins
    found = mutual_information(counts(first, second, bins))
    for i in range(p):
        for j in range(q):
            one, other = first[:, i], second[:, j]
            expected = mutual_info_score(one, other) - bias(one, other)
            assert found[i, j] == pytest.approx(expected, abs=1e-10)


def test_mean_over_independent_units_is_zero_where_the_released_bias_is_not():
    # The released code takes bins^2 / (2 N ln 2) off: a term in bits, and of all cells.
    generator = np.random.default_rng(0)
    rows, bins, width = 10_000, 10, 40
    first, second = generator.integers(bins, size=(2, rows, width))
    found = mutual_information(counts(first, second, bins))
    error = found.std() / width
    assert abs(found.mean()) < 4 * error
    released = bins**2 / (2 * rows * np.log(2))
    right = (bins - 1) ** 2 / (2 * rows)
    assert abs(found.mean() + right - released) > 100 * error


def test_estimates_below_zero_are_kept():
    first, second = np.random.default_rng(1).integers(4, size=(2, 100, 20))
    assert mutual_information(counts(first, second, 4)).min() < 0


def test_bins_that_no_row_is_in_cost_nothing():
    first, second = np.random.default_rng(2).integers(3, size=(2, 50, 4))
    few = mutual_information(counts(first, second, 3))
    np.testing.assert_allclose(mutual_information(counts(first, second, 12)), few, atol=1e-12)


def test_of_identical_units_it_is_the_entropy_less_the_bias():
    units = np.random.default_rng(3).normal(size=(1000, 3))
    found = mutual_information(joint_of([units]).joint)
    np.testing.assert_allclose(np.diagonal(found), np.log(10) - 81 / 2000, atol=1e-12)


def test_of_independent_uniform_units_it_is_near_zero():
    first, second = np.random.default_rng(4).uniform(size=(2, 20_000, 2))
    found = mutual_information(joint_of([first, second]).joint[:2, :, 2:])
    assert np.abs(found).max() < 2e-3


def test_unit_in_a_single_bin_has_none():
    first = np.zeros((60, 2), dtype=int)
    second = np.random.default_rng(5).integers(5, size=(60, 3))
    assert (mutual_information(counts(first, second, 5)) == 0).all()
    assert (mutual_information(counts(second, first, 5)) == 0).all()


def test_room_changes_no_value():
    first, second = np.random.default_rng(6).integers(5, size=(2, 90, 7))
    joint = counts(first, second, 5)
    np.testing.assert_array_equal(mutual_information(joint, memory=1), mutual_information(joint))
