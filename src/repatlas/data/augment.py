"""Random changes of training images, all images of a batch at once."""

import torch
from torch import Tensor

JITTER_PROBABILITY = 0.8
GREY_PROBABILITY = 0.2
BRIGHTNESS = 0.8
CONTRAST = 0.8
SATURATION = 0.8
HUE = 0.2
LUMINANCE = (0.2989, 0.587, 0.114)


def augment(
    images: Tensor,
    crop_padding: int,
    flip: bool,
    color: float,
    generator: torch.Generator,
    flip_vertical: bool = False,
) -> Tensor:
    """Shift, flip and distort the colours of images, each with its own random parameters.

    The random numbers are drawn on the CPU, in the same amount whatever they decide, so a state
    of the generator gives the same changes on every device.

    Parameters
    ----------
    images
        (b, 3, h, w) on any device, uint8 or float in [0, 1].
    crop_padding
        Pixels of reflected padding on every side, of which a crop of the old size is taken: a
        shift by up to so many pixels. 0: none. Below h and w.
    flip
        Flip left to right with probability one half.
    color
        Strength of `distort_color`; 0: none.
    generator
        On the CPU.
    flip_vertical
        Flip top to bottom with probability one half, whether or not left to right.

    Returns
    -------
    Tensor
        (b, 3, h, w) in channels-last memory where anything was shifted or flipped; float in
        [0, 1] where colours are distorted, else of the dtype given.
    """
    if crop_padding or flip or flip_vertical:
        images = shift_and_flip(images, crop_padding, flip, generator, flip_vertical)
    if color:
        images = distort_color(images, color, generator)
    return images


def shift_and_flip(
    images: Tensor,
    padding: int,
    flip: bool,
    generator: torch.Generator,
    flip_vertical: bool = False,
) -> Tensor:
    """Crop images (b, 3, h, w) from their reflection by ``padding`` pixels, and flip half of them.

    All is one gather of pixels: nothing is padded. ``flip`` is left to right, ``flip_vertical``
    top to bottom; each is decided on its own.

    Raises
    ------
    ValueError
        The padding is as large as the image.
    """
    count, channels, height, width = images.shape
    if padding >= min(height, width):
        raise ValueError(f"crop padding {padding} is not below the image side {min(height, width)}")
    shifts = torch.randint(-padding, padding + 1, (2, count, 1), generator=generator)
    rows = _reflect(torch.arange(height) + shifts[0], height)
    columns = _reflect(torch.arange(width) + shifts[1], width)
    if flip:
        columns = _flip_half(columns, generator)
    if flip_vertical:
        rows = _flip_half(rows, generator)
    starts = torch.arange(count)[:, None, None] * (height * width)
    places = (starts + rows[:, :, None] * width + columns[:, None, :]).reshape(-1)
    pixels = images.permute(0, 2, 3, 1).reshape(-1, channels)
    moved = pixels.index_select(0, places.to(images.device, non_blocking=True))
    return moved.view(count, height, width, channels).permute(0, 3, 1, 2)


def _flip_half(places: Tensor, generator: torch.Generator) -> Tensor:
    """Reverse each row (b, side) with probability one half."""
    chosen = torch.rand((len(places), 1), generator=generator) < 0.5
    return torch.where(chosen, places.flip(1), places)


def distort_color(images: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    """Colour distortion of Nguyen et al. (2022), Fig. 7, after Chen et al. (2020), appendix A.

    With probability 0.8, in this order: a brightness in ±0.8 s is added; the contrast to the mean
    of each channel and the saturation (HSV) are multiplied by 1 ± 0.8 s; the hue is turned by
    ±0.2 s of the circle; the result is clipped to [0, 1]. Then, with probability 0.2 at any
    strength, the image becomes grey.

    Parameters
    ----------
    images
        (b, 3, h, w), uint8 or float in [0, 1].
    strength
        s; the paper has 1. Factors that would be negative are 0.
    generator
        On the CPU.

    Returns
    -------
    Tensor
        Float in [0, 1]; images that are not chosen are unchanged.
    """
    images = images.float() / 255 if images.dtype == torch.uint8 else images.clone()
    draws = torch.rand((6, len(images)), generator=generator)
    jittered = (draws[0] < JITTER_PROBABILITY).nonzero().squeeze(1)
    grey = (draws[1] < GREY_PROBABILITY).nonzero().squeeze(1)
    signed = (2 * draws[2:, jittered] - 1).to(images.device, images.dtype)[..., None, None, None]
    chosen = jittered.to(images.device, non_blocking=True)
    images[chosen] = _jitter(
        images[chosen],
        brightness=signed[0] * (BRIGHTNESS * strength),
        contrast=(1 + signed[1] * (CONTRAST * strength)).clamp(min=0),
        saturation=(1 + signed[2] * (SATURATION * strength)).clamp(min=0),
        hue=signed[3] * (HUE * strength),
    )
    chosen = grey.to(images.device, non_blocking=True)
    weights = images.new_tensor(LUMINANCE)[:, None, None]
    images[chosen] = (images[chosen] * weights).sum(1, keepdim=True).expand(-1, 3, -1, -1)
    return images


def _jitter(
    images: Tensor, brightness: Tensor, contrast: Tensor, saturation: Tensor, hue: Tensor
) -> Tensor:
    images = images + brightness
    mean = images.mean(dim=(2, 3), keepdim=True)
    images = (images - mean) * contrast + mean
    return _change_hsv(images, saturation, hue).clamp_(0, 1)


def _change_hsv(images: Tensor, saturation: Tensor, hue: Tensor) -> Tensor:
    """Scale the saturation (up to full) and turn the hue of images, keeping their value."""
    value, lowest = images.amax(1, keepdim=True), images.amin(1, keepdim=True)
    chroma = value - lowest
    sixths = _hue_sixths(images, value, chroma) + 6 * hue
    # Saturation is chroma / value; it is 0 where the value is not positive.
    chroma = torch.minimum(chroma * saturation, value.clamp(min=0))
    offsets = images.new_tensor([5.0, 3.0, 1.0])[:, None, None]
    k = (offsets + sixths) % 6
    return value - chroma * torch.minimum(k, 4 - k).clamp(0, 1)


def _hue_sixths(images: Tensor, value: Tensor, chroma: Tensor) -> Tensor:
    """Hue in sixths of the circle, 0 for grey."""
    red, green, blue = images.split(1, dim=1)
    span = torch.where(chroma > 0, chroma, torch.ones_like(chroma))
    return torch.where(
        value == red,
        (green - blue) / span,
        torch.where(value == green, 2 + (blue - red) / span, 4 + (red - green) / span),
    )


def _reflect(places: Tensor, side: int) -> Tensor:
    """Fold indices back into 0 .. side - 1 without repeating the edge."""
    return (side - 1) - ((side - 1) - places.abs()).abs()
