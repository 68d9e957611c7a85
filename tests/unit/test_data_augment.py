import colorsys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from repatlas.data import augment as module
from repatlas.data.augment import augment, distort_color, shift_and_flip


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def random_images(count=64, side=8, seed=0):
    return torch.rand((count, 3, side, side), generator=seeded(seed))


@given(
    st.integers(1, 6), st.integers(4, 7), st.integers(4, 7), st.integers(0, 3), st.integers(0, 9)
)
@settings(deadline=None)
def test_every_result_is_a_crop_of_the_reflected_image_or_its_mirror(count, h, w, padding, seed):
    images = torch.rand((count, 3, h, w), generator=seeded(seed))
    moved = shift_and_flip(images, padding, True, seeded(seed))
    for image, result in zip(images.numpy(), moved.numpy(), strict=True):
        padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)), "reflect")
        crops = [
            padded[:, top : top + h, left : left + w]
            for top in range(2 * padding + 1)
            for left in range(2 * padding + 1)
        ]
        assert any(
            np.array_equal(result, crop) or np.array_equal(result, crop[:, :, ::-1])
            for crop in crops
        )


def test_all_shifts_and_both_orientations_occur_alike():
    # One marked pixel in the middle tells the shift; its left neighbour tells the orientation.
    image = torch.zeros(1, 3, 9, 9)
    image[0, :, 4, 4], image[0, :, 4, 3] = 1, 0.5
    moved = shift_and_flip(image.expand(9000, -1, -1, -1), 1, True, seeded())
    places = moved[:, 0].flatten(1).argmax(1)
    counts = torch.bincount(places, minlength=81)[[30, 31, 32, 39, 40, 41, 48, 49, 50]]
    assert counts.sum() == 9000
    assert (counts - 1000).abs().max() < 150
    right = moved[:, 0].flatten(1)[torch.arange(9000), places + 1] == 0.5
    assert abs(right.float().mean() - 0.5) < 0.03


def test_without_flip_nothing_is_mirrored_and_without_padding_nothing_moves():
    images = random_images()
    assert torch.equal(shift_and_flip(images, 0, False, seeded()), images)
    flipped = shift_and_flip(images, 0, True, seeded())
    mirrored = [torch.equal(a, b.flip(2)) for a, b in zip(flipped, images, strict=True)]
    kept = [torch.equal(a, b) for a, b in zip(flipped, images, strict=True)]
    assert all(a != b for a, b in zip(mirrored, kept, strict=True))
    assert 16 < sum(kept) < 48


def test_vertical_flips_are_of_their_own():
    images = random_images(400)
    flipped = shift_and_flip(images, 0, True, seeded(), flip_vertical=True)
    ways = torch.stack([images, images.flip(3), images.flip(2), images.flip(2, 3)])
    alike = (ways == flipped).flatten(2).all(2)
    assert torch.equal(alike.sum(0), torch.ones(400, dtype=torch.int64))
    assert (alike.sum(1) > 70).all()


def test_vertical_flips_alone_leave_left_and_right():
    images = random_images()
    flipped = augment(images, 0, False, 0.0, seeded(), flip_vertical=True)
    upside_down = (flipped == images.flip(2)).flatten(1).all(1)
    kept = (flipped == images).flatten(1).all(1)
    assert torch.equal(upside_down, ~kept)
    assert 16 < kept.sum() < 48


def test_without_vertical_flips_the_random_numbers_are_as_before():
    images, generator, plain = random_images(), seeded(), seeded()
    shift_and_flip(images, 2, True, generator, flip_vertical=False)
    torch.randint(-2, 3, (2, 64, 1), generator=plain)
    torch.rand((64, 1), generator=plain)
    assert torch.equal(generator.get_state(), plain.get_state())


def test_bytes_stay_bytes_and_memory_is_channels_last():
    images = (random_images() * 255).to(torch.uint8)
    moved = augment(images, 2, True, 0.0, seeded())
    assert moved.dtype == torch.uint8
    assert moved.is_contiguous(memory_format=torch.channels_last)
    as_float = augment(images.float(), 2, True, 0.0, seeded())
    assert torch.equal(as_float, moved.float())


def test_memory_format_of_the_input_does_not_matter():
    images = random_images()
    last = images.to(memory_format=torch.channels_last)
    assert torch.equal(augment(images, 2, True, 1, seeded()), augment(last, 2, True, 1, seeded()))


def test_same_generator_state_gives_the_same_and_states_follow_one_another():
    images = random_images()
    generator = seeded(5)
    first = augment(images, 2, True, 1.0, generator)
    assert torch.equal(first, augment(images, 2, True, 1.0, seeded(5)))
    assert not torch.equal(first, augment(images, 2, True, 1.0, generator))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_device_makes_no_difference():
    images = random_images(500)
    on_device = augment(images.cuda(), 2, True, 1.0, seeded())
    assert on_device.is_cuda
    assert torch.allclose(on_device.cpu(), augment(images, 2, True, 1.0, seeded()), atol=1e-5)


def test_nothing_asked_is_nothing_done_and_no_number_drawn():
    images, generator = random_images(), seeded()
    state = generator.get_state()
    assert augment(images, 0, False, 0.0, generator) is images
    assert torch.equal(generator.get_state(), state)


def test_padding_as_large_as_the_image_is_refused():
    with pytest.raises(ValueError, match="crop padding 8 is not below the image side 8"):
        augment(random_images(), 8, False, 0, seeded())


def test_colours_stay_in_range_and_the_input_is_untouched():
    images = random_images(500)
    copy = images.clone()
    distorted = distort_color(images, 1.0, seeded())
    assert torch.equal(images, copy)
    assert distorted.min() >= 0
    assert distorted.max() <= 1
    assert distorted.isfinite().all()


def test_strength_above_one_is_finite():
    assert distort_color(random_images(500), 3.0, seeded()).isfinite().all()


def test_probabilities_are_those_of_the_paper():
    images = random_images(4000, side=2)
    distorted = distort_color(images, 1.0, seeded())
    grey = (distorted.amax(1) - distorted.amin(1)).flatten(1).amax(1) < 1e-6
    unchanged = (distorted == images).flatten(1).all(1)
    # A few strong jitters clip to grey as well.
    assert 0.19 < grey.float().mean() < 0.25
    assert abs(unchanged.float().mean() - 0.2 * 0.8) < 0.02


def test_images_differ_in_their_parameters():
    images = random_images(1).expand(50, -1, -1, -1)
    distorted = distort_color(images, 1.0, seeded())
    assert len({tuple(image.flatten().tolist()) for image in distorted}) > 30


def test_bytes_are_scaled_before_distortion():
    images = (random_images() * 255).to(torch.uint8)
    assert torch.equal(
        distort_color(images, 0.5, seeded()), distort_color(images.float() / 255, 0.5, seeded())
    )


def apply_one(images, brightness=0.0, contrast=1.0, saturation=1.0, hue=0.0):
    settings = [torch.full((len(images), 1, 1, 1), v) for v in (brightness, contrast, saturation)]
    return module._jitter(images, *settings, torch.full((len(images), 1, 1, 1), hue))


def test_neutral_jitter_changes_nothing():
    images = random_images()
    assert torch.allclose(apply_one(images), images, atol=1e-6)


def test_brightness_is_added_and_contrast_keeps_the_channel_means():
    images = random_images() / 2 + 0.25
    assert torch.allclose(apply_one(images, brightness=0.1), images + 0.1, atol=1e-6)
    mean = images.mean((2, 3), keepdim=True)
    expected = (images - mean) * 0.3 + mean
    assert torch.allclose(apply_one(images, contrast=0.3), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("saturation", "hue"), [(0.2, 0.0), (1.8, 0.0), (1.0, 0.2), (1.0, -0.2), (1.5, 0.13)]
)
def test_saturation_and_hue_agree_with_the_standard_library(saturation, hue):
    images = random_images(4)
    images[0, :, 0, 0] = 0.5  # grey
    images[0, :, 0, 1] = 0.0  # black
    found = apply_one(images, saturation=saturation, hue=hue).permute(0, 2, 3, 1).reshape(-1, 3)
    for pixel, result in zip(images.permute(0, 2, 3, 1).reshape(-1, 3), found, strict=True):
        h, s, v = colorsys.rgb_to_hsv(*pixel.tolist())
        expected = colorsys.hsv_to_rgb((h + hue) % 1, min(s * saturation, 1), v)
        assert result.tolist() == pytest.approx(expected, abs=1e-5)


def test_grey_has_the_luminance_of_the_image(monkeypatch):
    monkeypatch.setattr(module, "JITTER_PROBABILITY", 0)
    monkeypatch.setattr(module, "GREY_PROBABILITY", 1)
    images = random_images()
    expected = (images * torch.tensor([0.2989, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)
    assert torch.allclose(distort_color(images, 1.0, seeded()), expected.expand(-1, 3, -1, -1))


def test_strength_scales_the_ranges(monkeypatch):
    monkeypatch.setattr(module, "GREY_PROBABILITY", 0)
    seen = {}

    def record(images, **ranges):
        seen.update({name: values.flatten() for name, values in ranges.items()})
        return images

    monkeypatch.setattr(module, "_jitter", record)
    for strength in (1.0, 0.5):
        distort_color(random_images(5000, side=2), strength, seeded())
        for name, middle, half in (
            ("brightness", 0, 0.8), ("contrast", 1, 0.8), ("saturation", 1, 0.8), ("hue", 0, 0.2),
        ):  # fmt: skip
            low, high = seen[name].min().item(), seen[name].max().item()
            assert low == pytest.approx(middle - half * strength, abs=0.01)
            assert high == pytest.approx(middle + half * strength, abs=0.01)
