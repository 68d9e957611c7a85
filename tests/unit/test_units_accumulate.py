import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.units.accumulate import LEAST, MomentAccumulator, _partners

RANDOM = np.random.default_rng(0)


def networks(images, positions, units, offset=0.0, seed=0):
    """Rows of networks that share something, image by image."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=(images * positions, 3))
    return [
        shared @ random.normal(size=(3, width))
        + random.normal(size=(images * positions, width))
        + offset
        for width in units
    ]


def gathered(rows, images, batch, seed=0):
    """Moments of rows that come in batches."""
    accumulator = MomentAccumulator([own.shape[1] for own in rows], seed)
    positions = len(rows[0]) // images
    starts = list(range(0, images, batch))
    if images - starts[-1] < LEAST and len(starts) > 1:
        starts.pop()
    for start, stop in zip(starts, [*starts[1:], images], strict=True):
        chosen = slice(start * positions, stop * positions)
        accumulator.add([own[chosen] for own in rows], stop - start, start)
    return accumulator.moments()


def definition(rows):
    """Means and sums of products of deviations, in two passes of float64."""
    values = np.concatenate(rows, axis=1).astype(np.float64)
    deviations = values - values.mean(axis=0)
    return values.mean(axis=0), deviations.T @ deviations


def of_half(rows, images, parity):
    positions = len(rows[0]) // images
    places = np.repeat(np.arange(images), positions)
    return [own[places % 2 == parity] for own in rows]


@settings(deadline=None, max_examples=40)
@given(
    st.integers(4, 23),
    st.integers(1, 5),
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.integers(4, 25),
    st.integers(0, 2**32 - 1),
)
def test_moments_of_either_half_are_those_of_the_definition(images, positions, units, batch, seed):
    rows = networks(images, positions, units, seed=seed)
    found = gathered(rows, images, batch)
    assert found.units == tuple(units)
    for parity, half in enumerate(found.halves):
        own = of_half(rows, images, parity)
        mean, product = definition(own)
        assert half.count == len(own[0])
        np.testing.assert_allclose(half.mean, mean, atol=1e-12)
        np.testing.assert_allclose(half.product, product, atol=1e-9)
        np.testing.assert_array_equal(half.product, half.product.T)
    mean, product = definition(rows)
    np.testing.assert_allclose(found.whole.mean, mean, atol=1e-12)
    np.testing.assert_allclose(found.whole.product, product, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_offset_of_10000_standard_deviations_does_not_cancel(dtype):
    rows = [own.astype(dtype) for own in networks(60, 50, (4, 3), offset=2e4)]
    found = gathered(rows, 60, 16)
    expected = np.corrcoef(np.concatenate(rows, axis=1).astype(np.float64).T)
    np.testing.assert_allclose(found.correlation(0, 1), expected[:4, 4:], atol=1e-9)
    np.testing.assert_allclose(found.correlation(1, 1), expected[4:, 4:], atol=1e-9)
    assert np.abs(expected[:4, 4:]).max() > 0.3


def test_rectified_units_of_float32_are_exact():
    rows = [np.maximum(own, 0).astype(np.float32) for own in networks(200, 30, (5, 5))]
    expected = np.corrcoef(np.concatenate(rows, axis=1).astype(np.float64).T)
    np.testing.assert_allclose(
        gathered(rows, 200, 64).correlation(0, 1), expected[:5, 5:], atol=1e-12
    )


@pytest.mark.parametrize("batch", [4, 7, 300])
def test_batches_do_not_matter(batch):
    rows = networks(301, 9, (4, 6), offset=5)
    whole, parts = gathered(rows, 301, 301), gathered(rows, 301, batch)
    for one, other in zip(whole.halves, parts.halves, strict=True):
        assert one.count == other.count
        np.testing.assert_allclose(one.mean, other.mean, atol=1e-9)
        np.testing.assert_allclose(one.covariance, other.covariance, atol=1e-9)


def test_more_rows_than_one_product_takes_make_no_difference(monkeypatch):
    rows = networks(20, 30, (3, 4))
    whole = gathered(rows, 20, 10)
    monkeypatch.setattr("repatlas.units.accumulate.ROWS", 7)
    parts = gathered(rows, 20, 10)
    np.testing.assert_allclose(parts.whole.product, whole.whole.product, atol=1e-9)
    np.testing.assert_allclose(parts.shuffled, whole.shuffled, atol=1e-9)


def test_halves_are_the_even_and_the_odd_places_of_the_probe_set():
    rows = [np.repeat([[0.0], [1.0]] * 6, 4, axis=0) + RANDOM.normal(size=(48, 1)) * 1e-3]
    first, second = gathered(rows, 12, 5).halves
    assert first.mean[0] == pytest.approx(0, abs=1e-2)
    assert second.mean[0] == pytest.approx(1, abs=1e-2)


def test_shuffled_products_are_those_with_the_images_of_the_partners_in_each_half():
    rows = networks(13, 3, (2, 3, 2))
    found = gathered(rows, 13, 5, seed=4)
    batches = [(0, 5), (5, 13)]
    order = np.concatenate([_partners(stop - start, 4, start) + start for start, stop in batches])
    for half, parity in enumerate((0, 1)):
        own = [
            units.reshape(13, 3, -1)
            - of_half(rows, 13, parity)[number].reshape(-1, units.shape[1]).mean(axis=0)
            for number, units in enumerate(rows)
        ]
        for first in range(3):
            for second in range(3):
                block = found.shuffled[half][found.of(first), found.of(second)]
                if first == second:
                    assert np.isnan(block).all()
                    continue
                low, high = sorted((first, second))
                one = own[low][parity::2].reshape(-1, own[low].shape[2])
                other = own[high][order][parity::2].reshape(-1, own[high].shape[2])
                expected = one.T @ other
                np.testing.assert_allclose(
                    block, expected if first < second else expected.T, atol=1e-9
                )


@settings(deadline=None, max_examples=40)
@given(st.integers(4, 300), st.integers(0, 2**32 - 1), st.integers(0, 10**6))
def test_every_image_is_the_partner_of_one_other_of_its_half(images, seed, start):
    partners = _partners(images, seed, start)
    assert sorted(partners) == list(range(images))
    assert (partners % 2 == np.arange(images) % 2).all()
    assert (partners != np.arange(images)).all()
    assert (partners == _partners(images, seed, start)).all()
    if images > 20:
        assert (partners != _partners(images, seed, start + images)).any()


def test_nothing_is_left_of_identical_networks_that_see_other_images():
    own = RANDOM.normal(size=(2000, 4))
    found = gathered([own, own], 2000, 256)
    np.testing.assert_allclose(np.diagonal(found.correlation(0, 1)), 1)
    assert np.abs(found.shuffled_correlation(0, 1)).max() < 0.1


def test_what_a_mean_image_explains_is_left():
    # Each position has a mean of its own, on top of as much that the images tell apart.
    mean, noise = RANDOM.normal(size=(1, 100, 1)), RANDOM.normal(size=(400, 100, 1))
    rows = (mean + noise).reshape(-1, 1)
    found = gathered([rows, rows], 400, 256)
    assert found.correlation(0, 1)[0, 0] == pytest.approx(1)
    expected = mean.var() / (mean.var() + 1)
    assert found.shuffled_correlation(0, 1)[0, 0] == pytest.approx(expected, abs=0.02)


def test_independent_networks_are_near_0_with_and_without_shuffling():
    rows = [RANDOM.normal(size=(5000, 6)) for _ in range(2)]
    found = gathered(rows, 500, 100)
    assert np.abs(found.correlation(0, 1)).max() < 0.06
    assert np.abs(found.shuffled_correlation(0, 1)).max() < 0.06


def test_seed_decides_the_shuffle_and_nothing_else():
    rows = networks(40, 4, (3, 3))
    first, again, other = (gathered(rows, 40, 16, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.shuffled, again.shuffled)
    np.testing.assert_array_equal(first.whole.product, other.whole.product)
    assert np.nanmax(np.abs(first.shuffled - other.shuffled)) > 1e-3


@pytest.mark.parametrize("value", [0.0, 0.1, -12345.678])
def test_dead_units_are_dead_and_correlate_with_none(value):
    rows = [own.astype(np.float32) for own in networks(50, 4, (3, 4))]
    rows[1][:, 2] = value
    found = gathered(rows, 50, 8)
    np.testing.assert_array_equal(found.dead, np.arange(7) == 5)
    assert (found.correlation(0, 1)[:, 2] == 0).all()
    assert (found.shuffled_correlation(0, 1)[:, 2] == 0).all()
    assert (found.whole.variance >= 0).all()


def test_tensors_and_arrays_give_the_same():
    rows = networks(8, 4, (3, 2))
    tensors = MomentAccumulator((3, 2), 0)
    tensors.add([torch.from_numpy(own) for own in rows], 8, 0)
    np.testing.assert_array_equal(tensors.moments().shuffled, gathered(rows, 8, 8).shuffled)


def test_squares_tell_of_values_that_are_not_finite():
    accumulator = MomentAccumulator((2,), 0)
    rows = RANDOM.normal(size=(8, 2))
    accumulator.add([rows], 4, 0)
    assert np.isfinite(accumulator.squares).all()
    rows[3, 1] = np.inf
    accumulator.add([rows], 4, 4)
    np.testing.assert_array_equal(np.isfinite(accumulator.squares), [True, False])


@pytest.mark.parametrize(
    ("rows", "images", "message"),
    [
        ([np.ones((6, 2)), np.ones((6, 3))], 3, "cannot be shuffled"),
        ([np.ones((8, 2)), np.ones((8, 2))], 4, r"rows of \[2, 2\] units, not \(2, 3\)"),
        ([np.ones((9, 2)), np.ones((9, 3))], 4, "no whole number of rows"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows, images, message):
    with pytest.raises(ValueError, match=message):
        MomentAccumulator((2, 3), 0).add(rows, images, 0)


def test_nothing_has_no_moments():
    with pytest.raises(ValueError, match="no images were added"):
        MomentAccumulator((2,), 0).moments()
