"""Size and checksum of files, as a crate states them."""

from pathlib import Path

from repatlas.file_digest import file_digest

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".h5": "application/x-hdf5",
    ".html": "text/html",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".yaml": "application/yaml",
}
"""Of the kinds that a study writes: what the system knows of endings differs between machines."""


def facts(path: str | Path) -> dict[str, str]:
    """Size in bytes, SHA-256 and media type of a file, under the names of RO-Crate's terms."""
    path = Path(path)
    return {
        "contentSize": str(path.stat().st_size),
        "sha256": file_digest(path),
        "encodingFormat": _media_type(path.suffix.lower()),
    }


def _media_type(suffix: str) -> str:
    if suffix in (".lock", ".smk", ".txt", ""):
        return "text/plain"
    return MEDIA_TYPES.get(suffix, "application/octet-stream")
