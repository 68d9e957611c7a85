from typing import get_args

import numpy as np
import pytest
import skimage.color
import skimage.filters
from hypothesis import given
from hypothesis import strategies as st

from repatlas.data.corrupt import corrupt
from repatlas.store.spec import Corruption

ALL = get_args(Corruption)
severities = st.integers(1, 5)


def photos(count=3, side=12, seed=0):
    """Images that vary slowly, with black and white among their pixels."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (count, 3, side // 4, side // 4))
    images = np.kron(coarse, np.ones((4, 4))) * 0.9 + generator.integers(0, 25, (side, side))
    images[:, :, 0, 0], images[:, :, 0, 1] = 0, 255
    return images.astype(np.uint8), [f"test/{row}" for row in range(count)]


def grey(value, side=64):
    return np.full((1, 3, side, side), value, np.uint8), ["test/grey"]


@pytest.mark.parametrize("corruption", ALL)
@pytest.mark.parametrize("severity", [1, 5])
def test_image_is_changed_the_same_way_whatever_stands_beside_it(corruption, severity):
    images, ids = photos(5)
    before = images.copy()
    found = corrupt(images, ids, corruption, severity)
    assert found.dtype == np.uint8
    assert found.shape == images.shape
    assert all((new != old).any() for new, old in zip(found, images, strict=True))
    np.testing.assert_array_equal(images, before)
    some = [4, 1]
    again = corrupt(images[some], [ids[row] for row in some], corruption, severity)
    np.testing.assert_array_equal(again, found[some])


@pytest.mark.parametrize(("severity", "deviation"), [*enumerate((0.04, 0.06, 0.08, 0.09, 0.10), 1)])
def test_noise_has_the_deviation_of_its_severity(severity, deviation):
    images, ids = grey(128)
    noise = corrupt(images, ids, "gaussian_noise", severity) / 255 - 128 / 255
    assert noise.std() == pytest.approx(deviation, rel=0.03)
    assert noise.mean() == pytest.approx(0, abs=0.05 * deviation)


def test_images_have_noise_of_their_own_and_severity_scales_it():
    images, _ = grey(128)
    weak, strong = (corrupt(images, ["a"], "gaussian_noise", s) - 128.0 for s in (1, 5))
    np.testing.assert_allclose(strong, 2.5 * weak, atol=2)
    other = corrupt(images, ["b"], "gaussian_noise", 5) - 128.0
    assert abs(np.corrcoef(strong.ravel(), other.ravel())[0, 1]) < 0.05


@given(severities, st.integers(0, 99))
def test_blur_is_that_of_scikit_image(severity, seed):
    images, ids = photos(2, seed=seed)
    sigma = (0.4, 0.6, 0.7, 0.8, 1.0)[severity - 1]
    found = corrupt(images, ids, "gaussian_blur", severity)
    for image, blurred in zip(images, found, strict=True):
        expected = skimage.filters.gaussian(image / 255, sigma=sigma, channel_axis=0)
        np.testing.assert_allclose(blurred, expected * 255, atol=0.51)


@given(severities, st.integers(0, 99))
def test_brightness_is_added_to_the_value_of_hsv(severity, seed):
    images, ids = photos(2, seed=seed)
    added = (0.05, 0.1, 0.15, 0.2, 0.3)[severity - 1]
    hsv = skimage.color.rgb2hsv(images / 255, channel_axis=1)
    hsv[:, 2] = np.clip(hsv[:, 2] + added, 0, 1)
    expected = skimage.color.hsv2rgb(hsv, channel_axis=1) * 255
    np.testing.assert_allclose(corrupt(images, ids, "brightness", severity), expected, atol=0.51)


@given(severities, st.integers(0, 99))
def test_contrast_shrinks_towards_the_mean_of_each_channel(severity, seed):
    images, ids = photos(2, seed=seed)
    factor = (0.75, 0.5, 0.4, 0.3, 0.15)[severity - 1]
    means = images.mean(axis=(2, 3), keepdims=True)
    expected = (images - means) * factor + means
    np.testing.assert_allclose(corrupt(images, ids, "contrast", severity), expected, atol=0.51)


def test_pixels_of_the_strongest_pixelation_are_means_of_blocks():
    images, ids = photos(2, side=4)
    blocks = images.reshape(2, 3, 2, 2, 2, 2).mean(axis=(3, 5))
    expected = np.repeat(np.repeat(blocks, 2, axis=2), 2, axis=3)
    np.testing.assert_allclose(corrupt(images, ids, "pixelate", 5), expected, atol=1)


@pytest.mark.parametrize(("severity", "left"), [*enumerate((30, 28, 27, 24, 20), 1)])
def test_resolution_of_pixelated_images_of_cifar(severity, left):
    columns = np.zeros((1, 3, 32, 32), np.uint8)
    columns[:] = np.arange(32) * 8
    found = corrupt(columns, ["a"], "pixelate", severity)
    assert len(np.unique(found)) == left


@pytest.mark.parametrize("corruption", ["gaussian_blur", "contrast", "pixelate"])
def test_image_of_one_colour_stays_as_it_is(corruption):
    images, ids = grey(77)
    np.testing.assert_array_equal(corrupt(images, ids, corruption, 5), images)


def test_noise_in_the_place_of_images_tells_nothing_of_them():
    dark, ids = grey(0)
    light, _ = grey(255)
    noise = corrupt(dark, ids, "noise_only", 1)
    np.testing.assert_array_equal(noise, corrupt(light, ids, "noise_only", 5))
    assert (noise.min(), noise.max()) == (0, 255)
    assert np.bincount(noise.ravel(), minlength=256).min() > 15
    assert noise.mean() == pytest.approx(127.5, abs=2)


@pytest.mark.parametrize(("corruption", "severity"), [("fog", 1), ("contrast", 0), ("contrast", 6)])
def test_unknown_corruptions_are_refused(corruption, severity):
    with pytest.raises(ValueError, match="there is no corruption"):
        corrupt(*photos(), corruption, severity)
