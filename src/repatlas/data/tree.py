"""Images in a folder or tar laid out as split/class/name."""

import gzip
import io
import itertools
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from repatlas.data.dataset import Split
from repatlas.data.resize import resize_square
from repatlas.data.spec import DataSpec
from repatlas.data.subset import balanced_subset
from repatlas.errors import InputError

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
SPLITS = ("train", "test", "val")
DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
"""Pillow's modes of more than 8 bits a channel: it would clip them."""

ARCHIVE_FAULTS = (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, LZMAError)
IMAGE_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


@dataclass(frozen=True, order=True)
class Member:
    """An image of a tree, not yet read."""

    split: str
    class_name: str
    name: str
    number: int
    """Its place in the archive; reading in this order reads the archive once."""

    @property
    def id(self) -> str:
        """Its path in the tree."""
        return f"{self.split}/{self.class_name}/{self.name}"


Opened = tuple[list[Member], Callable[[Member], bytes]]
"""The images found, and how to read one."""


def load_tree(spec: DataSpec) -> tuple[tuple[str, ...], Split, Split]:
    """Read the images of a folder or tar: train/class/name and test/class/name.

    ``val`` serves as the test split where there is no ``test``. The classes are those of train,
    sorted. Hidden files, files that are no images by their suffix and files elsewhere in the tree
    are ignored. A tar may hold the tree below other folders; nothing of it is written to the
    disk. Only the images that the spec asks for are decoded.

    Returns
    -------
    tuple
        Class names, train, test.

    Raises
    ------
    InputError
        No such tree, an unsafe or damaged tar, a corrupt image, images of different sizes and no
        ``size``, or more images asked for than there are.
    """
    root = Path(spec.root or "").expanduser()
    if not root.exists():
        raise InputError(f"{root} does not exist: name with 'root' a folder or tar of images")
    with (_open_folder if root.is_dir() else _open_tar)(root) as (members, read):
        present = {member.split for member in members}
        names = {"train": "train", "test": "test" if "test" in present else "val"}
        for split, name in names.items():
            if name not in present:
                wanted = "train/class/name" if split == "train" else "test/class/name (or val)"
                raise InputError(f"{root} has no images {wanted}: check its layout")
        classes = tuple(sorted({m.class_name for m in members if m.split == "train"}))
        chosen = {
            split: _choose([m for m in members if m.split == name], split, classes, spec)
            for split, name in names.items()
        }
        images = _decode(root, chosen["train"] + chosen["test"], read, spec.size)
    count = len(chosen["train"])
    train = _assemble(images[:count], chosen["train"], classes)
    test = _assemble(images[count:], chosen["test"], classes)
    return classes, train, test


@contextmanager
def _open_folder(root: Path) -> Iterator[Opened]:
    paths = sorted(path for split in SPLITS for path in root.glob(f"{split}/*/*"))
    files = [path.relative_to(root).as_posix() for path in paths if path.is_file()]
    yield _recognise(root, enumerate(files)), lambda member: (root / member.id).read_bytes()


@contextmanager
def _open_tar(root: Path) -> Iterator[Opened]:
    try:
        with tarfile.open(root, "r:*") as archive:
            entries = archive.getmembers()
            _check_end(archive)
            files = enumerate(_safe_name(root, entry) for entry in entries)
            members = [m for m in _recognise(root, files) if not entries[m.number].isdir()]
            for member in members:
                if not entries[member.number].isreg():
                    raise InputError(
                        f"{root}: member {member.id} is a link or device: pack the images "
                        "themselves (tar --dereference --hard-dereference)"
                    )

            def read(member: Member) -> bytes:
                file = archive.extractfile(entries[member.number])
                return file.read() if file else b""

            yield members, read
    except ARCHIVE_FAULTS as error:
        raise InputError(
            f"{root} is no tar, or is truncated or damaged ({error}): copy it again"
        ) from error


def _check_end(archive: tarfile.TarFile) -> None:
    """Refuse an archive that ends, or turns to rubbish, before its closing block of zeros.

    `tarfile` takes either for the end of the archive. What follows is read to its end, because
    only there gzip compares its checksum.
    """
    stream = archive.fileobj
    if stream is not None:
        stream.seek(archive.offset)
        if stream.read(tarfile.BLOCKSIZE) != tarfile.NUL * tarfile.BLOCKSIZE:
            raise tarfile.ReadError(f"no header and no end at byte {archive.offset}")
        while stream.read(tarfile.RECORDSIZE):
            pass


def _safe_name(root: Path, entry: tarfile.TarInfo) -> str:
    path = PurePosixPath(entry.name)
    if path.is_absolute() or ".." in path.parts:
        raise InputError(f"{root}: member {entry.name!r} points outside the archive: pack it again")
    return str(path)


def _recognise(root: Path, files: Iterable[tuple[int, str]]) -> list[Member]:
    """Find the images among numbered paths, sorted."""
    members, tops = [], set()
    for number, file in files:
        path = PurePosixPath(file)
        if len(path.parts) < 3 or path.suffix.lower() not in SUFFIXES or path.name[0] == ".":
            continue
        *top, split, class_name, name = path.parts
        if split in SPLITS:
            tops.add("/".join(top))
            members.append(Member(split, class_name, name, number))
    if len(tops) > 1:
        raise InputError(f"{root} holds more than one tree, below {sorted(tops)}: keep one")
    members.sort()
    for first, second in itertools.pairwise(members):
        if first.id == second.id:
            raise InputError(f"{root} holds {first.id} twice: pack it again")
    return members


def _choose(
    members: Sequence[Member], split: str, classes: tuple[str, ...], spec: DataSpec
) -> list[Member]:
    label_of = {name: label for label, name in enumerate(classes)}
    for member in members:
        if member.class_name not in label_of:
            raise InputError(
                f"{member.id} is of class '{member.class_name}', which train has not: add it to "
                "train or remove it"
            )
    labels = np.array([label_of[member.class_name] for member in members])
    amount = spec.train if split == "train" else spec.test
    return [members[i] for i in balanced_subset(labels, amount, spec.subset_seed, classes)]


def _decode(
    root: Path, members: list[Member], read: Callable[[Member], bytes], size: int | None
) -> NDArray[np.uint8]:
    images: list[NDArray[np.uint8] | None] = [None] * len(members)
    shape = None
    for place in sorted(range(len(members)), key=lambda i: members[i].number):
        member = members[place]
        image = _decode_image(root, member, read(member))
        image = resize_square(image[None], size)[0]
        shape = shape or image.shape
        if image.shape != shape:
            raise InputError(
                f"{root}: {member.id} has {image.shape[2]} x {image.shape[1]} px, others "
                f"{shape[2]} x {shape[1]}: set 'size'"
            )
        images[place] = image
    return np.stack([image for image in images if image is not None])


def _decode_image(root: Path, member: Member, content: bytes) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(content)) as image:
            mode = image.mode
            pixels = np.asarray(image.convert("RGB"))
    except IMAGE_FAULTS as error:
        # Pillow's words for an unknown format name a Python object.
        unknown = isinstance(error, UnidentifiedImageError)
        reason = "unknown format" if unknown else " ".join(str(error).split())
        raise InputError(
            f"{root}: {member.id} is not a readable image ({reason}): replace or remove it"
        ) from error
    if mode in DEEP_MODES:
        raise InputError(
            f"{root}: {member.id} has more than 8 bits a channel: convert it to 8 bits"
        )
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _assemble(
    images: NDArray[np.uint8], members: Sequence[Member], classes: tuple[str, ...]
) -> Split:
    label_of = {name: label for label, name in enumerate(classes)}
    labels = np.array([label_of[member.class_name] for member in members], np.int64)
    return Split(images, labels, np.array([member.id for member in members]))
