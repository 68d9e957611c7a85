"""Single images of unknown origin, decoded within bounds."""

import io
import struct
import warnings
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""The only decoders that are tried, whatever the name of a file: one of the others starts a
program."""

DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
"""Pillow's modes of more than 8 bits a channel: it would clip them."""

LARGEST_FILE = 2**26
LARGEST_IMAGE = 50_000_000
"""Bytes of a file and pixels of an image: several copies of an image are in memory at a time."""

FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    OverflowError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow's decoders do about damage."""


class UnreadableImageError(Exception):
    """An image that cannot be taken; the message goes on from its name."""


def decode_image(content: bytes) -> NDArray[np.uint8]:
    """Decode an image; of an animation or of several pages, the first.

    Grey is repeated to three channels, transparency is left away.

    Returns
    -------
    NDArray
        uint8 (3, h, w).

    Raises
    ------
    UnreadableImageError
        Damage, an unknown format, more than 8 bits a channel, or more pixels than are decoded.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of sizes that are refused here.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _check(image)
                pixels = np.asarray(image.convert("RGB"))
    except FAULTS as error:
        # Pillow's words for an unknown format name a Python object.
        unknown = isinstance(error, UnidentifiedImageError)
        reason = "unknown format" if unknown else " ".join(str(error).split())
        raise UnreadableImageError(
            f"is not a readable image ({reason}): replace or remove it"
        ) from error
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def check_length(length: int) -> None:
    """Refuse a file that is too long to be an image, before it is read into memory.

    Raises
    ------
    UnreadableImageError
        It is.
    """
    if length > LARGEST_FILE:
        raise UnreadableImageError(
            f"has {length / 2**20:.0f} MiB; files of more than {LARGEST_FILE // 2**20} are not "
            "read: shrink it or remove it"
        )


def _check(image: Image.Image) -> None:
    """Look at what the header says, before any pixel is decoded."""
    if image.width * image.height > LARGEST_IMAGE:
        raise UnreadableImageError(
            f"has {image.width} x {image.height} px; more than {LARGEST_IMAGE // 10**6} million "
            "are not read: shrink it or remove it"
        )
    if image.mode in DEEP_MODES:
        raise UnreadableImageError("has more than 8 bits a channel: convert it to 8 bits")
