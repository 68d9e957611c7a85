"""Images that are broken, enormous or something else than their names say."""

import io
import struct
import subprocess
import zlib

import numpy as np
import pytest
from PIL import Image
from test_data_tree import load, plain_tree, png, write_folder

from repatlas.data.decode import LARGEST_IMAGE, UnreadableImageError, decode_image
from repatlas.errors import InputError


def chunk(kind, content):
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def raw_png(width, height, rows=b"", depth=8, extra=b""):
    """A PNG of colours whose header says what it is told to say."""
    head = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def saved(kind, mode="RGB", size=(8, 8), color=0, **options):
    stream = io.BytesIO()
    Image.new(mode, size, color).save(stream, kind, **options)
    return stream.getvalue()


def bmp(width, height):
    sizes = struct.pack("<IHHI", 154, 0, 0, 54)
    return b"BM" + sizes + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, *[0] * 6)


def gif(width, height, frame=(8, 8)):
    screen = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + bytes(6)
    return screen + b"," + struct.pack("<HHHH", 0, 0, *frame) + b"\0\2\2\x44\1\0;"


ROWS = (b"\0" + bytes(12)) * 4
BOMB = zlib.compress(bytes(10**8))

ENORMOUS = {
    "png of 60000 px": raw_png(60_000, 60_000),
    "png of 10000 px": raw_png(10_000, 10_000),
    "png of 4 billion px in a row": raw_png(2**32 - 1, 1),
    "bmp": bmp(2**31 - 1, 2**31 - 1),
    "gif": gif(65_535, 65_535),
    "gif with a frame larger than itself": gif(8, 8, (65_535, 65_535)),
    "ppm": b"P6 99999999999 99999999999 255\n",
    "png with a bomb in a text": raw_png(4, 4, ROWS, extra=chunk(b"zTXt", b"a\0\0" + BOMB)),
    "png with a bomb in a profile": raw_png(4, 4, ROWS, extra=chunk(b"iCCP", b"a\0\0" + BOMB)),
}

BROKEN = {
    "empty": b"",
    "text": b"this is text\n",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "pickle": b"\x80\x04.",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n",
    "truncated jpeg": saved("JPEG", size=(100, 100))[:-300],
    "png without rows": raw_png(100, 100),
    "png of no width": raw_png(0, 5),
    "ppm with letters": b"P6 a b c\n",
    "deep grey png": saved("PNG", "I;16"),
    "floats": saved("TIFF", "F"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", [*ENORMOUS, *BROKEN])
def test_a_bad_image_is_told_in_one_line_without_the_memory_that_it_asks_for(name, monkeypatch):
    content = (ENORMOUS | BROKEN)[name]

    def no_program(*arguments, **options):
        raise AssertionError(f"a program was started: {arguments}")

    monkeypatch.setattr(subprocess, "Popen", no_program)
    with pytest.raises(UnreadableImageError) as caught:
        decode_image(content)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 200


def test_pixels_are_counted_before_any_is_decoded(monkeypatch):
    def decoded(self):
        raise AssertionError("decoded")

    monkeypatch.setattr(Image.Image, "convert", decoded)
    side = int(LARGEST_IMAGE**0.5) + 1
    with pytest.raises(UnreadableImageError, match=f"{side} x {side} px; more than 50 million"):
        decode_image(raw_png(side, side))


def test_a_bad_image_of_a_folder_is_named(tmp_path):
    root = write_folder(tmp_path / "a", plain_tree() | {"train/dog/3.png": raw_png(9000, 9000)})
    with pytest.raises(InputError, match=r"a: train/dog/3\.png has 9000 x 9000 px; more than"):
        load(root)


def test_one_pixel_needs_a_size(tmp_path):
    tiny = {name: png((7, 8, 9), (1, 1)) for name in plain_tree()}
    root = write_folder(tmp_path / "a", tiny)
    with pytest.raises(InputError, match="has 1 x 1 px, and 4 are needed a side: set 'size'"):
        load(root)
    assert (load(root, size=4)[1].images == np.array([7, 8, 9])[:, None, None]).all()


@pytest.mark.parametrize(
    ("content", "color"),
    [
        (saved("JPEG", "CMYK", color=(0, 0, 0, 255)), (0, 0, 0)),
        (saved("PNG", "LA", color=(60, 0)), (60, 60, 60)),
        (saved("PNG", "1", color=1), (255, 255, 255)),
        (raw_png(4, 4, (b"\0" + b"\x20\xff" * 12) * 4, depth=16), (32, 32, 32)),
        (
            saved(
                "GIF",
                color=(0, 0, 255),
                save_all=True,
                append_images=[Image.new("RGB", (8, 8), (255, 0, 0))],
            ),
            (0, 0, 255),
        ),
        (
            saved("TIFF", color=(9, 9, 9), save_all=True, append_images=[Image.new("RGB", (3, 3))]),
            (9, 9, 9),
        ),
    ],
    ids=["cmyk", "transparent", "one bit", "16 bits of colour", "animation", "pages"],
)
def test_odd_but_honest_images_are_taken(content, color):
    pixels = decode_image(content)
    assert pixels.dtype == np.uint8
    assert (pixels == np.array(color)[:, None, None]).all()


def outcome(content):
    """What becomes of an image: its shape, or the line with which it is refused."""
    try:
        return decode_image(content).shape
    except UnreadableImageError as error:
        return str(error)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "JPEG", "BMP", "PPM"])
def test_flipped_bytes_end_in_an_image_or_one_line(kind):
    generator = np.random.default_rng(0)
    honest = saved(kind, size=(6, 5), color=(1, 2, 3))
    found = []
    for _ in range(200):
        content = bytearray(honest)
        for _ in range(generator.integers(1, 5)):
            content[generator.integers(len(content))] = generator.integers(256)
        found.append(outcome(bytes(content)))
    lines = [one for one in found if isinstance(one, str)]
    assert lines
    assert not [line for line in lines if "\n" in line]
    assert all(one[0] == 3 for one in found if not isinstance(one, str))
