import numpy as np
from numpy.typing import NDArray

from repatlas.data.recolor import recolor


def random_images() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (5, 3, 6, 4)).astype(np.uint8)


def test_channels_are_permuted_and_inverted() -> None:
    pixel = np.array([10, 20, 30], np.uint8).reshape(1, 3, 1, 1)

    assert recolor(pixel).ravel().tolist() == [235, 225, 245]


def test_shapes_stay() -> None:
    images = random_images()

    changed = recolor(images)

    def steps(values: NDArray[np.uint8]) -> NDArray[np.int64]:
        across = np.abs(np.diff(values.astype(np.int64), axis=3))
        return np.sort(across, axis=1)

    assert np.array_equal(steps(changed), steps(images))
    assert changed.dtype == np.uint8


def test_grey_images_change_too_and_the_input_stays() -> None:
    grey = np.repeat(random_images()[:, :1], 3, axis=1)
    kept = grey.copy()

    assert np.array_equal(recolor(grey), 255 - kept)
    assert np.array_equal(grey, kept)
