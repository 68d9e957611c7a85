"""Writing a crate as a zip whose bytes depend on nothing but its content."""

import zipfile
from pathlib import Path

from rocrate.rocrate import ROCrate

from repatlas.files import atomic_file

NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can tell: the library's own way to write puts in that of writing."""

PACKED = {".png", ".pdf"}
"""Compressed already."""

MODE = 0o644 << 16


def write_archive(crate: ROCrate, path: Path) -> None:
    """Write a crate, whole or not at all.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    with atomic_file(path) as sibling, zipfile.ZipFile(sibling, "w") as archive:
        for entity in [*crate.default_entities, *crate.data_entities]:
            # Of a folder nothing comes, of an empty file one empty piece.
            pieces = list(entity.stream())
            if pieces:
                _write(archive, pieces[0][0], b"".join(piece for _, piece in pieces))


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, NO_TIME)
    entry.external_attr = MODE
    packed = Path(name).suffix in PACKED
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
