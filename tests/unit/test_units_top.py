import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.units.top import TopTracker


def tracked(maps, batch, count, width):
    """Top images of networks whose maps (n, p, units) come in batches."""
    tracker = TopTracker(sum(own.shape[2] for own in maps), count, torch.device("cpu"))
    images = len(maps[0])
    for start in range(0, images, batch):
        parts = [own[start : start + batch] for own in maps]
        tracker.add([part.flatten(0, 1) for part in parts], len(parts[0]), start)
    return tracker.top(width)


def sorted_whole(maps, count):
    """Images, values and positions by a full sort of all images."""
    values = np.concatenate([own.numpy() for own in maps], axis=2)
    best, where = values.max(axis=1), values.argmax(axis=1)
    order = np.argsort(-best, axis=0, kind="stable")[:count]
    found = (np.take_along_axis(table, order, axis=0) for table in (best, where))
    return tuple(table.T for table in (order, *found))


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 40),
    st.sampled_from([(1, 1), (2, 3), (4, 2)]),
    st.integers(1, 5),
    st.integers(1, 12),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)
def test_is_a_full_sort(images, sides, count, batch, seed, ties):
    generator = torch.Generator().manual_seed(seed)
    shape = images, sides[0] * sides[1]
    maps = [torch.randn(*shape, units, generator=generator) for units in (2, 3)]
    if ties:
        maps = [own.round().relu() for own in maps]
    found = tracked(maps, batch, count, sides[1])
    places, values, positions = sorted_whole(maps, min(count, images))
    kept = values.shape[1]
    np.testing.assert_array_equal(found.values[:, :kept], values)
    np.testing.assert_array_equal(found.images[:, :kept], places)
    np.testing.assert_array_equal(found.rows[:, :kept], positions // sides[1])
    np.testing.assert_array_equal(found.columns[:, :kept], positions % sides[1])
    assert found.values.shape == (5, count)
    assert np.isnan(found.values[:, kept:]).all()
    for table in (found.images, found.rows, found.columns):
        assert (table[:, kept:] == -1).all()


@pytest.mark.parametrize("batch", [1, 3, 9])
def test_of_equal_images_the_earlier_goes_first(batch):
    maps = [torch.zeros(9, 4, 1)]
    maps[0][[2, 5, 7], 3] = 1.0
    found = tracked(maps, batch, 5, 2)
    np.testing.assert_array_equal(found.images, [[2, 5, 7, 0, 1]])
    np.testing.assert_array_equal(found.rows, [[1, 1, 1, 0, 0]])
    np.testing.assert_array_equal(found.columns, [[1, 1, 1, 0, 0]])


def test_values_are_those_of_the_network_to_the_last_bit():
    value = float(np.float32(0.1))
    assert tracked([torch.full((2, 1, 1), 0.1)], 1, 1, 1).values[0, 0] == value
