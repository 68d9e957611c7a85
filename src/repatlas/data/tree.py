"""Images in a folder or tar laid out as split/class/name."""

import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from repatlas.data.archive import open_archive
from repatlas.data.dataset import Split
from repatlas.data.decode import UnreadableImageError, check_length, decode_image
from repatlas.data.resize import resize_square
from repatlas.data.spec import DataSpec
from repatlas.data.subset import balanced_subset
from repatlas.errors import InputError

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
SPLITS = ("train", "test", "val")

SMALLEST_SIDE = 4
"""Pixels; as the least ``size`` of a spec."""


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
    if not (root.is_dir() or root.is_file()):
        raise InputError(f"{root} is a device or pipe: name with 'root' a folder or tar of images")
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

    def read(member: Member) -> bytes:
        path = root / member.id
        check_length(path.stat().st_size)
        return path.read_bytes()

    yield _recognise(root, enumerate(files)), read


@contextmanager
def _open_tar(root: Path) -> Iterator[Opened]:
    with open_archive(root) as (entries, content):
        files = enumerate(str(PurePosixPath(entry.name)) for entry in entries)
        members = [m for m in _recognise(root, files) if not entries[m.number].isdir()]
        for member in members:
            if not entries[member.number].isreg():
                raise InputError(
                    f"{root}: member {member.id} is a link or device: pack the images "
                    "themselves (tar --dereference --hard-dereference)"
                )

        def read(member: Member) -> bytes:
            entry = entries[member.number]
            check_length(entry.size)
            return content(entry)

        yield members, read


def _recognise(root: Path, files: Iterable[tuple[int, str]]) -> list[Member]:
    """Find the images among numbered paths, sorted."""
    members, tops = [], set()
    for number, file in files:
        path = PurePosixPath(file)
        if len(path.parts) < 3 or path.suffix.lower() not in SUFFIXES or path.name[0] == ".":
            continue
        *top, split, class_name, name = path.parts
        if split in SPLITS:
            _check_plain(root, file)
            tops.add("/".join(top))
            members.append(Member(split, class_name, name, number))
    if len(tops) > 1:
        raise InputError(f"{root} holds more than one tree, below {sorted(tops)}: keep one")
    members.sort()
    for first, second in itertools.pairwise(members):
        if first.id == second.id:
            raise InputError(f"{root} holds {first.id} twice: pack it again")
    return members


def _check_plain(root: Path, file: str) -> None:
    """Refuse names that cannot be written as text, or not in one line."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in file):
        raise InputError(
            f"{root}: the name {file!r} has control characters or is not UTF-8: rename it"
        )


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
        try:
            image = decode_image(read(member))
        except UnreadableImageError as error:
            raise InputError(f"{root}: {member.id} {error}") from error
        image = resize_square(image[None], size)[0]
        shape = shape or image.shape
        if image.shape != shape:
            raise InputError(
                f"{root}: {member.id} has {image.shape[2]} x {image.shape[1]} px, others "
                f"{shape[2]} x {shape[1]}: set 'size'"
            )
        if min(shape[1:]) < SMALLEST_SIDE:
            raise InputError(
                f"{root}: {member.id} has {shape[2]} x {shape[1]} px, and {SMALLEST_SIDE} are "
                "needed a side: set 'size'"
            )
        images[place] = image
    return np.stack([image for image in images if image is not None])


def _assemble(
    images: NDArray[np.uint8], members: Sequence[Member], classes: tuple[str, ...]
) -> Split:
    label_of = {name: label for label, name in enumerate(classes)}
    labels = np.array([label_of[member.class_name] for member in members], np.int64)
    return Split(images, labels, np.array([member.id for member in members]))
