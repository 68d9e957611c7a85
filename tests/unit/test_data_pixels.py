import numpy as np

from repatlas.data.pixels import flat_pixels


def test_colours_are_kept_and_grey_images_take_one_channel():
    images = np.random.default_rng(0).integers(256, size=(4, 3, 2, 2), dtype=np.uint8)
    np.testing.assert_array_equal(flat_pixels(images), images.reshape(4, 12))
    images[:] = images[:, :1]
    np.testing.assert_array_equal(flat_pixels(images), images[:, 0].reshape(4, 4))
