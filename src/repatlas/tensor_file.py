"""Files of named tensors (safetensors) with a checksum over every byte of them."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from repatlas.errors import InputError
from repatlas.files import atomic_file
from repatlas.naming import excerpt

CHECKSUM = "repatlas_sha256"
"""Key of the metadata: SHA-256 of the file without it. Files of other programs have none."""

READ_FAULTS = (
    safetensors.SafetensorError,
    # Of torch, which makes tensors of what the library has found to be whole: shapes beyond its
    # numbers, files larger than the memory.
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)

METADATA = "__metadata__"
SLAB = 2**20
"""Bytes that are read at a time."""


def write_tensors(
    path: str | os.PathLike[str], tensors: Mapping[str, Tensor], metadata: Mapping[str, str]
) -> None:
    """Write tensors and metadata, whole or not at all.

    The same content gives the same bytes.

    Parameters
    ----------
    path
        Where the file is to stand.
    tensors
        Of any device; they may share memory.
    metadata
        Texts by name.

    Raises
    ------
    OSError
        No space, no permission; no file is left behind.
    """
    plain = {name: _plain(value) for name, value in tensors.items()}
    content = memoryview(safetensors.torch.save(plain, dict(metadata)))
    start = 8 + int.from_bytes(content[:8], "little")
    header = {METADATA: {}} | json.loads(bytes(content[8:start]))
    digest = hashlib.sha256(_text(header))
    digest.update(content[start:])
    header[METADATA][CHECKSUM] = digest.hexdigest()
    text = _text(header)
    text += b" " * (-len(text) % 8)
    with atomic_file(path) as sibling, sibling.open("wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        file.write(content[start:])


def read_tensors(path: str | os.PathLike[str]) -> dict[str, Tensor]:
    """All tensors of a file, on the CPU, checked against the checksum if the file has one.

    Raises
    ------
    InputError
        No such file, not a safetensors file, or a damaged one.
    """
    file = _existing(path)
    try:
        tensors: dict[str, Tensor] = safetensors.torch.load_file(file)
    except READ_FAULTS as error:
        raise _foreign(file, error) from error
    check_tensors(file)
    return tensors


def read_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """Metadata of a file; empty where it has none.

    Raises
    ------
    InputError
        No such file, or not a safetensors file.
    """
    file = _existing(path)
    try:
        with safetensors.safe_open(file, framework="pt") as opened:
            metadata = dict(opened.metadata() or {})
    except READ_FAULTS as error:
        raise _foreign(file, error) from error
    metadata.pop(CHECKSUM, None)
    return metadata


def check_tensors(path: str | os.PathLike[str]) -> None:
    """Read every byte of a file and compare with the checksum; a file without one passes.

    Raises
    ------
    InputError
        No such file, not a safetensors file, or a damaged one.
    """
    name = _existing(path)
    with name.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        try:
            header = json.loads(file.read(min(length, name.stat().st_size)))
            told = header.get(METADATA, {}).pop(CHECKSUM, None)
        except (ValueError, AttributeError) as error:
            raise _foreign(name, error) from error
        if told is None:
            return
        digest = hashlib.sha256(_text(header))
        while slab := file.read(SLAB):
            digest.update(slab)
    if digest.hexdigest() != told:
        raise InputError(
            f"{name} is damaged, it does not fit its checksum: delete it and run the step that "
            "makes it again"
        )


def _text(header: Mapping[str, Any]) -> bytes:
    """Header in one order: the library writes the metadata in one that changes from run to run."""
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Tensor) -> Tensor:
    """Copy a tensor out of any memory it shares, as the format demands."""
    return value.detach().cpu().clone(memory_format=torch.contiguous_format)


def _existing(path: str | os.PathLike[str]) -> Path:
    if not Path(path).is_file():
        raise InputError(f"weights file {Path(path)} does not exist: check the path")
    return Path(path)


def _foreign(path: Path, error: Exception) -> InputError:
    reason = excerpt(" ".join(str(error).split()))
    return InputError(
        f"{path} is truncated or no safetensors file ({reason}): write it again, or convert "
        "a pickled state dict with safetensors.torch.save_file(state_dict, path)"
    )
