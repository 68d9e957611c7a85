import json

import pytest
import safetensors.torch
import torch

from repatlas.errors import InputError
from repatlas.tensor_file import check_tensors, read_metadata, read_tensors, write_tensors

TENSORS = {"weight": torch.arange(40.0).reshape(8, 5), "count": torch.tensor(3)}


def write(path, metadata=None):
    write_tensors(path, TENSORS, metadata or {"run": "one", "epoch": "7"})
    return path


def test_what_is_written_is_read_and_other_programs_read_it_too(tmp_path):
    path = write(tmp_path / "a.safetensors")
    for found in (read_tensors(path), safetensors.torch.load_file(path)):
        assert found.keys() == TENSORS.keys()
        assert all(torch.equal(found[name], TENSORS[name]) for name in found)
    assert read_metadata(path) == {"run": "one", "epoch": "7"}


def test_every_flipped_bit_is_found(tmp_path):
    """Of the header and of the values; but for the name of the checksum, which is no content."""
    path = write(tmp_path / "a.safetensors")
    whole = path.read_bytes()
    name = whole.index(b"repatlas_sha256")
    for place in set(range(len(whole))) - set(range(name, name + len("repatlas_sha256"))):
        content = bytearray(whole)
        content[place] ^= 1 << (place % 8)
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"damaged, .* checksum|truncated or no safetensors"):
            read_tensors(path)


@pytest.mark.parametrize("length", [0, 4, 30, 200, -1])
def test_truncated_files_are_refused(tmp_path, length):
    path = write(tmp_path / "a.safetensors")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(InputError, match="truncated or no safetensors"):
        read_tensors(path)


def test_files_of_other_programs_pass_unchecked(tmp_path):
    path = tmp_path / "a.safetensors"
    safetensors.torch.save_file(TENSORS, path)
    check_tensors(path)
    assert read_tensors(path).keys() == TENSORS.keys()


def test_a_file_without_metadata_of_its_own_is_checked_too(tmp_path):
    path = tmp_path / "a.safetensors"
    write_tensors(path, TENSORS, {})
    check_tensors(path)
    length = int.from_bytes(path.read_bytes()[:8], "little")
    header = json.loads(path.read_bytes()[8 : 8 + length])
    assert list(header["__metadata__"]) == ["repatlas_sha256"]
    assert read_metadata(path) == {}
