import numpy as np

from repatlas.data.statistics import image_statistics


def test_known_image():
    image = np.zeros((1, 3, 4, 4), np.uint8)
    image[0, 0] = 255  # red, with a 2 x 2 blue middle
    image[0, 0, 1:3, 1:3] = 0
    image[0, 2, 1:3, 1:3] = 255
    image[0, :, 0, 0] = (51, 102, 153)
    found = image_statistics(image)
    ring = [(11 + 51 / 255) / 12, 102 / 255 / 12, 153 / 255 / 12]
    assert np.allclose(found["border_color"], [ring])
    assert np.allclose(found["corner_color"], [[0.2, 0.4, 0.6]])
    mean = [(11 + 0.2) / 16, 0.4 / 16, (4 + 0.6) / 16]
    assert np.allclose(found["mean_color"], [mean])
    corner = 0.2 * 0.299 + 0.4 * 0.587 + 0.6 * 0.114
    luminance = np.array([0.299] * 11 + [0.114] * 4 + [corner])
    assert np.allclose(found["brightness"], luminance.mean())
    assert np.allclose(found["contrast"], luminance.std())


def test_white_is_one_and_has_no_contrast():
    found = image_statistics(np.full((2, 3, 5, 7), 255, np.uint8))
    for name in ("mean_color", "border_color", "corner_color", "brightness"):
        assert np.allclose(found[name], 1)
    assert np.allclose(found["contrast"], 0, atol=1e-6)


def test_blocks_keep_the_order_and_the_type():
    images = np.random.default_rng(0).integers(0, 256, (2050, 3, 4, 4), dtype=np.uint8)
    found = image_statistics(images)
    for name, values in found.items():
        assert values.dtype == np.float32
        assert values.shape == ((2050, 3) if "color" in name else (2050,))
        assert np.allclose(values[1500], image_statistics(images[1500:1501])[name][0])
