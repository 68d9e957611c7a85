import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.units.binning import JointCounter, add_by_pairs, add_by_products, bin_edges

RANDOM = np.random.default_rng(0)
CPU = torch.device("cpu")


def rectified(rows, units, seed=0):
    values = np.random.default_rng(seed).normal(size=(rows, units))
    return np.maximum(values, 0).astype(np.float32)


def counted(rows, edges, batch):
    counter = JointCounter(edges, CPU)
    for start in range(0, len(rows[0]), batch):
        counter.add([torch.from_numpy(own[start : start + batch]) for own in rows])
    return counter.counts()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(3, 12), st.integers(20, 400))
def test_counts_are_those_of_numpys_histogram(seed, bins, rows):
    first, second = rectified(rows, 3, seed), rectified(rows, 2, seed + 1)
    edges = bin_edges(np.concatenate([first, second], axis=1), bins)
    found = counted([first, second], edges, 64)
    assert (found.count, found.bins, found.joint.shape) == (rows, bins, (5, bins, 5, bins))
    values = np.concatenate([first, second], axis=1).astype(np.float64)
    sides = [np.concatenate([[-1, 1e-6], own, [np.inf]]) for own in edges.astype(np.float64)]
    # Edges that coincide, where zeros leave few values, are no edges to numpy.
    for i in range(5):
        for j in range(5):
            if len(set(sides[i])) == len(set(sides[j])) == bins + 1:
                expected, *_ = np.histogram2d(values[:, i], values[:, j], (sides[i], sides[j]))
                np.testing.assert_array_equal(found.joint[i, :, j], expected)
    np.testing.assert_array_equal(found.joint, found.joint.transpose(2, 3, 0, 1))
    np.testing.assert_array_equal(found.joint.sum(axis=(1, 3)), np.full((5, 5), rows))


def test_zeros_have_a_bin_and_other_values_have_bins_of_equal_mass():
    values = rectified(9000, 2)
    found = counted([values], bin_edges(values, 10), 9000)
    for unit in range(2):
        masses = np.diagonal(found.joint[unit, :, unit])
        assert masses[0] == (values[:, unit] == 0).sum()
        assert masses[1:].max() - masses[1:].min() <= 1


def test_signed_values_have_a_bin_for_zeros_too():
    values = RANDOM.normal(size=(900, 1)).astype(np.float32)
    values[:100] = [[0.0], [-1e-7]] * 50
    found = counted([values], bin_edges(values, 5), 900)
    np.testing.assert_array_equal(np.diagonal(found.joint[0, :, 0]), [100, 200, 200, 200, 200])


def test_a_value_on_an_edge_belongs_to_the_bin_above():
    values = np.array([[1], [2], [3], [4]], dtype=np.float32)
    found = counted([values], np.array([[2, 4]], dtype=np.float32), 4)
    np.testing.assert_array_equal(np.diagonal(found.joint[0, :, 0]), [0, 1, 2, 1])


def test_few_distinct_values_leave_bins_empty():
    values = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 0.0], [0.0, 0.0]], dtype=np.float32)
    edges = bin_edges(values, 10)
    np.testing.assert_array_equal(edges, [[2] * 8, [np.inf] * 8])
    later = np.array([[2.0, 3.0], [1.0, 0.0]], dtype=np.float32)
    found = counted([values], edges, 4)
    np.testing.assert_array_equal(np.diagonal(found.joint[0, :, 0]), [2, *[0] * 8, 2])
    found = counted([later], edges, 4)
    np.testing.assert_array_equal(np.diagonal(found.joint[0, :, 0]), [0, 1, *[0] * 7, 1])
    np.testing.assert_array_equal(np.diagonal(found.joint[1, :, 1]), [1, 1, *[0] * 8])


def test_batches_do_not_matter(monkeypatch):
    rows = [rectified(500, 3), rectified(500, 2, seed=1)]
    edges = bin_edges(np.concatenate(rows, axis=1), 6)
    whole = counted(rows, edges, 500)
    monkeypatch.setattr("repatlas.units.binning.ROWS", 11)
    np.testing.assert_array_equal(counted(rows, edges, 7).joint, whole.joint)
    assert counted(rows, edges, 7).count == 500


@pytest.mark.parametrize("bins", [3, 10, 100])
def test_the_two_ways_to_count_agree(bins):
    places = torch.from_numpy(RANDOM.integers(0, bins, (700, 4)).astype(np.uint8))
    joint = [torch.zeros(4 * bins, 4 * bins, dtype=torch.float64) for _ in range(2)]
    for add, counts in zip((add_by_pairs, add_by_products), joint, strict=True):
        add(counts, places, bins)
        add(counts, places[:9], bins)
    assert torch.equal(joint[0].tril(), joint[1].tril())
    assert joint[1].sum() == 16 * 709
