"""Files of weights that mean harm, or were made by a broken program."""

import json
import struct

import pytest
import safetensors.torch
import torch
from training_cases import tiny_run

from repatlas.errors import InputError
from repatlas.networks.build import build_model
from repatlas.networks.model import load_weights
from repatlas.networks.spec import NetworkSpec
from repatlas.store.extract import load_model, training_state
from repatlas.tensor_file import read_metadata
from repatlas.training.predecessors import check_start

FOREIGN = "is truncated or no safetensors file"
MISFIT = "does not fit the network"


def network():
    return build_model(NetworkSpec(family="mlp"), 1, 1, 2, (3, 4, 4))


def write(path, header, data=b"", length=None):
    """A file with a header as it stands, or as JSON, and a length that it may not have."""
    content = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(content) if length is None else length) + content + data)
    return path


def tensor(kind="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": kind, "shape": list(shape), "data_offsets": list(offsets)}


@pytest.mark.parametrize(
    ("header", "length"),
    [
        ({}, 2**60),
        ({}, 2**64 - 1),
        ({}, 10**8),
        ({"a": tensor(offsets=(-4, 0))}, None),
        ({"a": tensor(offsets=(4, 0))}, None),
        ({"a": tensor(), "b": tensor(offsets=(2, 6))}, None),
        ({"a": tensor(), "b": tensor(offsets=(8, 12))}, None),
        (json.dumps({"a": tensor(shape=(float("nan"),))}).encode(), None),
        ({"a": tensor(shape=(1.5,))}, None),
        ({"a": tensor(shape=(-1,))}, None),
        ({"a": tensor(kind="Q9")}, None),
        ({"a": tensor(shape=(2**40,), offsets=(0, 2**42))}, None),
        ({"a": tensor(shape=(2**40, 2**40))}, None),
        ({"__metadata__": {"run": 3}}, None),
        (b"[" * 100_000, None),
        (b"\xff\xfe", None),
    ],
)
def test_a_hostile_header_is_told_in_one_line(tmp_path, header, length):
    path = write(tmp_path / "a.safetensors", header, bytes(4), length)
    for read in (read_metadata, lambda path: load_weights(network(), path)):
        with pytest.raises(InputError, match=FOREIGN) as caught:
            read(path)
        check_line(caught, path)


def check_line(caught, path):
    line = str(caught.value)
    assert str(path) in line
    assert "\n" not in line
    assert len(line) < 500


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"a": tensor(shape=(0, 2**63), offsets=(0, 0))}, FOREIGN),
        ({"a": tensor(shape=(0, 2**62), offsets=(0, 0))}, MISFIT),
        ({"a\nerror: all is well": tensor()}, MISFIT),
        ({"a" * 10**6: tensor()}, MISFIT),
        ({"a": tensor(kind="F6_E2M3", shape=(4,), offsets=(0, 3))}, FOREIGN),
        ({}, MISFIT),
    ],
)
def test_what_the_library_takes_and_torch_does_not_is_told_in_one_line(tmp_path, header, reason):
    data = bytes(max([item["data_offsets"][1] for item in header.values()], default=0))
    path = write(tmp_path / "a.safetensors", header, data)
    with pytest.raises(InputError, match=reason) as caught:
        load_weights(network(), path)
    check_line(caught, path)


def test_a_file_larger_than_the_memory_is_told_in_one_line(tmp_path):
    path = write(tmp_path / "a.safetensors", {"a": tensor("U8", (2**42,), (0, 2**42))})
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + 2**42)
    with pytest.raises(InputError, match=rf"{FOREIGN}|{MISFIT}") as caught:
        load_weights(network(), path)
    check_line(caught, path)


def saved(path, change):
    """The network's own weights but for one tensor."""
    tensors = {name: value.clone() for name, value in network().state_dict().items()}
    name = next(name for name, value in tensors.items() if value.dim() == 2)
    tensors[name] = change(tensors[name])
    safetensors.torch.save_file(tensors, path)
    return path, name


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda value: value.to(torch.complex64), "holds complex64 in the file and float32"),
        (lambda value: value.to(torch.int8), "holds int8 in the file and float32"),
        (lambda value: value > 0, "holds bool in the file and float32"),
        (lambda value: value * torch.nan, "holds NaN or infinity"),
        (lambda value: value / 0, "holds NaN or infinity"),
        (lambda value: value[:1], "has shape 1x"),
        (lambda value: value.T.contiguous(), "has shape"),
        (lambda value: torch.tensor(1.0), "has shape a single number"),
    ],
)
def test_numbers_that_are_no_weights_are_refused_whole(tmp_path, change, reason):
    path, name = saved(tmp_path / "a.safetensors", change)
    model = network()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    with pytest.raises(InputError, match=rf"tensor {name} {reason}") as caught:
        load_weights(model, path)
    check_line(caught, path)
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())


NO_COUNTS = ["-1", "inf", "nan", "1e300", "2.5", "many", "a\nb", "9" * 5000]


@pytest.mark.parametrize("told", NO_COUNTS)
def test_metadata_that_are_no_number_of_classes_are_told_before_a_network_is_built(told):
    with pytest.raises(InputError, match=r"metadata classes is .*not a ") as caught:
        load_model(tiny_run(), "a.safetensors", {"classes": told}, SmallProbe)
    check_line(caught, "a.safetensors")


@pytest.mark.parametrize("told", NO_COUNTS)
def test_metadata_that_are_no_epoch_are_told(told):
    with pytest.raises(InputError, match=r"metadata epoch is .*not a ") as caught:
        training_state({"epoch": told}, "a.safetensors")
    check_line(caught, "a.safetensors")


class SmallProbe:
    """As much of a probe set as is looked at before its images are."""

    classes = ("a", "b")


@pytest.mark.parametrize("told", ["no JSON", "3", "[]", "[" * 100_000])
def test_weights_that_name_no_run_are_no_start(tmp_path, told):
    path = tmp_path / "a.safetensors"
    safetensors.torch.save_file({"a": torch.zeros(1)}, path, {"run": told})
    run = tiny_run()
    start = run.model_copy(update={"start_run": run})
    with pytest.raises(InputError, match="its metadata name no run") as caught:
        check_start(start, path)
    check_line(caught, path)
