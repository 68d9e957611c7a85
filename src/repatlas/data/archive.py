"""Tar archives of unknown origin: read member by member, within bounds, never unpacked."""

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from repatlas.errors import InputError

MAGIC: dict[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
"""How each kind of compression begins, and what undoes it."""

RATIO = 200
FREE_BYTES = 2**27
"""An archive may unpack to so many times its size, or to so many bytes, whichever is more."""

LARGEST_NAME = 2**16
"""Bytes of the name of a member with all that is said of it: read whole, and into memory."""

NAMING = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
"""Members that only tell the name of the next."""

DAMAGE = (
    tarfile.TarError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    # Numbers in headers that are none, or beyond any file.
    OverflowError,
    ValueError,
)


class _BeyondBoundsError(Exception):
    """An archive that would take more memory or time than an honest one."""


class _Entry(tarfile.TarInfo):
    """A member whose header is looked at before anything that it announces is read."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        entry = super().frombuf(buf, encoding, errors)
        if entry.type in NAMING and entry.size > LARGEST_NAME:
            raise _BeyondBoundsError(f"a name of {entry.size} bytes")
        if entry.type == tarfile.GNUTYPE_SPARSE:
            raise _BeyondBoundsError("a sparse member")
        if entry.size < 0:
            raise _BeyondBoundsError("a member of negative size")
        return entry


class _Bounded(io.RawIOBase):
    """What an archive unpacks to, as far as it is read, which is no further than a limit."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._stream = stream
        self._limit = limit

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size if size >= 0 else self._limit)
        self._check(self._stream.tell())
        return content

    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        # Going on to a member means to unpack all that is before it.
        self._check(position)
        return self._stream.seek(position, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def _check(self, position: int) -> None:
        if position > self._limit:
            raise _BeyondBoundsError(f"more than {RATIO} times its own size when unpacked")


Read = Callable[[tarfile.TarInfo], bytes]


@contextmanager
def open_archive(root: Path) -> Iterator[tuple[list[tarfile.TarInfo], Read]]:
    """List the members of a tar (plain, gz, bz2 or xz), and give what reads one.

    Names of members have been checked to stay within the archive. Members are read fastest in
    their own order.

    Raises
    ------
    InputError
        No tar; one that is truncated or damaged, that points outside itself, or that would take
        far more memory or time than its size lets expect. Also where the block reads damage.
    """
    try:
        with ExitStack() as stack:
            stream = _unpacked(root, stack)
            archive = stack.enter_context(tarfile.open(fileobj=stream, mode="r:", tarinfo=_Entry))
            entries = list(_entries(archive))
            _check_end(archive)
            for entry in entries:
                _check_name(root, entry)
            yield entries, lambda entry: _content(archive, entry)
    except InputError:
        raise
    except _BeyondBoundsError as error:
        raise InputError(
            f"{root} holds {error}, which no archive of images does: pack it again, or unpack it "
            "and name the folder"
        ) from error
    except (*DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        reason = " ".join(str(error).split())
        raise InputError(
            f"{root} is no tar, or is truncated or damaged ({reason}): copy it again"
        ) from error


def _unpacked(root: Path, stack: ExitStack) -> Any:
    file = stack.enter_context(root.open("rb"))
    beginning = file.read(max(map(len, MAGIC)))
    file.seek(0)
    for magic, unpack in MAGIC.items():
        if beginning.startswith(magic):
            stream = stack.enter_context(unpack(file))
            return _Bounded(stream, max(FREE_BYTES, RATIO * root.stat().st_size))
    return file


def _entries(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    last = -1
    for entry in archive:
        # What is said of a member beside its header may still change its size: a negative one leads
        # back to the same member, without end.
        if entry.size < 0 or archive.offset <= last:
            raise _BeyondBoundsError("a member of negative size")
        if entry.issparse():
            raise _BeyondBoundsError("a sparse member")
        last = archive.offset
        yield entry


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


def _check_name(root: Path, entry: tarfile.TarInfo) -> None:
    path = PurePosixPath(entry.name)
    if path.is_absolute() or ".." in path.parts:
        raise InputError(f"{root}: member {entry.name!r} points outside the archive: pack it again")


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(entry)
    return file.read() if file else b""
