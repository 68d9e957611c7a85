import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatlas.data.resize import center_crop, resize_square


def random_images(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def test_half_size_is_the_mean_of_four_pixels():
    images = random_images(5, 3, 32, 32)
    means = images.reshape(5, 3, 16, 2, 16, 2).mean(axis=(3, 5))
    assert np.array_equal(resize_square(images, 16), np.rint(means).astype(np.uint8))


def test_two_thirds_weight_the_shared_pixel_by_its_area():
    row = np.array([30, 60, 120], np.uint8)
    images = np.broadcast_to(row, (1, 1, 3, 3))
    # Each new pixel covers one and a half old ones.
    assert resize_square(images, 2)[0, 0, 0].tolist() == [40, 100]


def test_enlarged_ramp_stays_between_its_neighbours():
    images = np.broadcast_to(np.array([0, 100], np.uint8), (1, 1, 2, 2))
    assert resize_square(images, 4)[0, 0, 0].tolist() == [0, 25, 75, 100]


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 30), st.integers(0, 255))
def test_constant_image_stays_constant(height, width, size, value):
    images = np.full((2, 3, height, width), value, np.uint8)
    resized = resize_square(images, size)
    if height == width == size:
        assert resized is images
    assert resized.shape == (2, 3, size, size)
    assert (resized == value).all()


def test_blocks_do_not_change_the_result():
    images = random_images(2500, 1, 6, 6)
    parts = np.concatenate([resize_square(images[i : i + 1], 4) for i in range(2500)])
    assert np.array_equal(resize_square(images, 4), parts)


def test_oblong_image_loses_both_ends_alike():
    images = np.zeros((1, 1, 4, 8), np.uint8)
    images[..., 2:6] = 200
    assert (resize_square(images, 4) == 200).all()


def test_none_leaves_images_alone():
    images = random_images(2, 3, 4, 8)
    assert resize_square(images, None) is images


@pytest.mark.parametrize(("side", "size", "first"), [(96, 32, 32), (5, 3, 1), (4, 4, 0)])
def test_center_crop(side, size, first):
    images = np.arange(side)[None, None, None, :].repeat(side, axis=2)
    assert center_crop(images, size)[0, 0, 0].tolist() == list(range(first, first + size))
