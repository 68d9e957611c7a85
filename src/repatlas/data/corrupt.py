"""Corrupted images, with the strengths of CIFAR-10-C (Hendrycks and Dietterich 2019).

Five of the corruptions of "Benchmarking Neural Network Robustness to Common Corruptions and
Perturbations", with the constants of its code for CIFAR-10, for images of any size: a blur is so
many pixels wide whatever their side, so that it takes more of a smaller image. Values are rounded
to the nearest; the released data set cuts them off.

Random numbers come from the SHA-256 of the id of an image: it has the same noise in every data
set, whatever stands beside it, and noise of another severity is the same noise scaled.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]

STRENGTHS = {
    "gaussian_noise": (0.04, 0.06, 0.08, 0.09, 0.10),
    "gaussian_blur": (0.4, 0.6, 0.7, 0.8, 1.0),
    "contrast": (0.75, 0.5, 0.4, 0.3, 0.15),
    "brightness": (0.05, 0.1, 0.15, 0.2, 0.3),
    "pixelate": (0.95, 0.9, 0.85, 0.75, 0.65),
}
"""By severity, 1 to 5: standard deviation of the noise, of values in [0, 1]; that of the blur, in
pixels; factor of the contrast; what is added to the value of HSV; factor of the resolution."""

NOISE_ONLY = "noise_only"

BOX = Image.Resampling.BOX

BLOCK = 1024


def corrupt(images: Images, ids: Sequence[str], corruption: str, severity: int) -> Images:
    """Corrupt images.

    Parameters
    ----------
    images
        uint8 (n, 3, h, w).
    ids
        (n,), from which the random numbers come.
    corruption
        A key of `STRENGTHS`, or `NOISE_ONLY`: uniform random pixels in the place of the image.
    severity
        1 to 5; without effect on `NOISE_ONLY`.

    Returns
    -------
    Images
        uint8 (n, 3, h, w), a new array.

    Raises
    ------
    ValueError
        An unknown corruption or severity.
    """
    if corruption == NOISE_ONLY:
        shape = images.shape[1:]
        return np.stack(
            [_generator(corruption, name).integers(0, 256, shape, np.uint8) for name in ids]
        )
    if corruption not in STRENGTHS or not 1 <= severity <= len(STRENGTHS[corruption]):
        raise ValueError(f"there is no corruption {corruption!r} of severity {severity}")
    strength = STRENGTHS[corruption][severity - 1]
    if corruption == "pixelate":
        return np.stack([_pixelate(image, strength) for image in images])
    result = np.empty_like(images)
    for start in range(0, len(images), BLOCK):
        rows = slice(start, start + BLOCK)
        values = images[rows].astype(np.float32) / np.float32(255)
        changed = _change(values, ids[rows], corruption, strength)
        result[rows] = np.rint(np.clip(changed, 0, 1) * 255)
    return result


def _change(values: Floats, ids: Sequence[str], corruption: str, strength: float) -> Floats:
    """Change images (b, 3, h, w) with values in [0, 1]; the result may lie outside."""
    match corruption:
        case "gaussian_noise":
            return values + np.float32(strength) * _noise(values.shape[1:], ids)
        case "gaussian_blur":
            # A quarter of a second that every extraction would pay: only a blur needs it.
            import scipy.ndimage

            blurred: Floats = scipy.ndimage.gaussian_filter(
                values, strength, mode="nearest", axes=(2, 3)
            )
            return blurred
        case "contrast":
            means = values.mean(axis=(2, 3), keepdims=True)
            return (values - means) * np.float32(strength) + means
        case _:
            return _brighten(values, strength)


def _noise(shape: tuple[int, ...], ids: Sequence[str]) -> Floats:
    """Standard normal numbers (b, *shape)."""
    return np.stack(
        [_generator("gaussian_noise", name).standard_normal(shape, np.float32) for name in ids]
    )


def _brighten(values: Floats, added: float) -> Floats:
    """Add to the value of HSV, at most up to 1.

    At fixed hue and saturation the channels are proportional to the value, which is the largest
    of them; black is without either and turns grey.
    """
    value = values.max(axis=1, keepdims=True)
    brighter = np.minimum(value + np.float32(added), 1)
    scaled = values * (brighter / np.where(value > 0, value, 1))
    result: Floats = np.where(value > 0, scaled, brighter)
    return result


def _pixelate(image: Images, factor: float) -> Images:
    """Shrink an image (3, h, w) and enlarge it again, both by box averages of Pillow."""
    height, width = image.shape[1:]
    picture = Image.fromarray(np.ascontiguousarray(image.transpose(1, 2, 0)))
    small = picture.resize((max(int(width * factor), 1), max(int(height * factor), 1)), BOX)
    return np.asarray(small.resize((width, height), BOX)).transpose(2, 0, 1)


def _generator(corruption: str, name: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{corruption}\0{name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
