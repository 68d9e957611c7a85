import json
import re

import pytest
import safetensors.torch
import torch
from torch import nn

from repatlas.errors import InputError
from repatlas.networks.build import build_model
from repatlas.networks.model import load_weights, save_weights
from repatlas.networks.spec import NetworkSpec
from repatlas.tensor_file import read_metadata

METADATA = {"run": json.dumps({"depth": 8}), "epoch": "40", "step": "320", "note": "é"}


def network(seed=0, depth=8, **settings):
    return build_model(NetworkSpec(), depth, 1, 10, (3, 8, 8), seed=seed, **settings)


def test_round_trip(tmp_path):
    path = tmp_path / "model.safetensors"
    model, other = network(mean=(0.1, 0.2, 0.3), sd=(1, 2, 3)), network(seed=1)
    model.train()(torch.rand(4, 3, 8, 8))
    save_weights(model, path, METADATA)
    load_weights(other, path)
    expected = model.state_dict()
    assert all(torch.equal(expected[name], value) for name, value in other.state_dict().items())
    assert read_metadata(path) == METADATA
    kernel = other.body.stem.conv.weight
    assert kernel.is_contiguous(memory_format=torch.channels_last)


def test_the_library_reads_the_file(tmp_path):
    path, model = tmp_path / "model.safetensors", network()
    save_weights(model, path, METADATA)
    found = safetensors.torch.load_file(path)
    assert found.keys() == model.state_dict().keys()
    assert torch.equal(found["body.linear.weight"], model.body.linear.weight)


def test_same_bytes_every_time(tmp_path):
    # The library shuffles the metadata at every call: eight keys come out alike by no accident.
    metadata = {name: name for name in "abcdefgh"}
    paths = [tmp_path / f"{number}.safetensors" for number in range(3)]
    for path in paths:
        save_weights(network(), path, metadata)
    assert len({path.read_bytes() for path in paths}) == 1


def test_weights_that_share_memory_are_saved(tmp_path):
    path, model = tmp_path / "model.safetensors", network()
    model.body.stage1.block1.conv2.weight = model.body.stage1.block1.conv1.weight
    save_weights(model, path, {})
    load_weights(model, path)
    assert read_metadata(path) == {}


def test_a_failed_save_leaves_nothing(tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    save_weights(network(), path, {})
    before = path.read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        save_weights(network(seed=1), path, {})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def body_file(path, change=lambda tensors: None):
    tensors = {name: value.clone() for name, value in network(seed=3).body.state_dict().items()}
    change(tensors)
    contiguous = {name: value.contiguous() for name, value in tensors.items()}
    safetensors.torch.save_file(contiguous, path)
    return tensors


def test_a_file_of_the_body_alone_keeps_the_input_statistics(tmp_path):
    path, model = tmp_path / "mine.safetensors", network(mean=(0.1, 0.2, 0.3))
    tensors = body_file(path)
    load_weights(model, path)
    assert torch.equal(model.body.linear.weight, tensors["linear.weight"])
    torch.testing.assert_close(model.input.mean.flatten(), torch.tensor([0.1, 0.2, 0.3]))


def test_other_dtypes_are_converted_and_counters_may_be_missing(tmp_path):
    def change(tensors):
        for name in list(tensors):
            if name.endswith("num_batches_tracked"):
                del tensors[name]
            else:
                tensors[name] = tensors[name].to(torch.bfloat16)

    path, model = tmp_path / "mine.safetensors", network()
    tensors = body_file(path, change)
    load_weights(model, path)
    assert torch.equal(model.body.linear.weight, tensors["linear.weight"].float())


def reshape(tensors):
    tensors["linear.weight"] = tensors["linear.weight"][:7]


def drop(tensors):
    del tensors["linear.bias"]


def add(tensors):
    tensors["fc.bias"] = torch.zeros(3)


def rename(tensors):
    for name in list(tensors):
        tensors[f"module.{name}"] = tensors.pop(name)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (reshape, "tensor linear.weight has shape 7x64 in the file and 10x64 in the network"),
        (drop, "tensor linear.bias of the network is missing in the file"),
        (add, "tensor fc.bias of the file is unknown to the network"),
        (
            rename,
            "tensor stem.conv.weight of the network is missing in the file, "
            "which has module.stem.conv.weight instead",
        ),
    ],
)
def test_weights_that_do_not_fit_are_refused_whole(tmp_path, change, reason):
    path, model = tmp_path / "mine.safetensors", network()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    body_file(path, change)
    with pytest.raises(InputError, match=re.escape(reason)) as caught:
        load_weights(model, path)
    assert str(path) in str(caught.value)
    assert "give the file of a network with the same" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_weights_of_another_depth_are_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    save_weights(network(depth=14), path, {})
    with pytest.raises(InputError, match=r"tensor body\.stage1\.block2\S+ of the file is unknown"):
        load_weights(network(depth=8), path)


@pytest.mark.parametrize("content", ["truncated", "empty", "pickle", "text"])
def test_foreign_files_are_refused(tmp_path, content):
    path = tmp_path / "model.safetensors"
    save_weights(network(), path, METADATA)
    if content == "truncated":
        path.write_bytes(path.read_bytes()[:-100])
    elif content == "empty":
        path.write_bytes(b"")
    elif content == "pickle":
        torch.save(nn.Linear(2, 2).state_dict(), path)
    else:
        path.write_text("weights are elsewhere")
    for read in (read_metadata, lambda path: load_weights(network(), path)):
        with pytest.raises(InputError, match="truncated or no safetensors file") as caught:
            read(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["absent.safetensors", "."])
def test_missing_files_are_refused(path):
    for read in (read_metadata, lambda path: load_weights(network(), path)):
        with pytest.raises(InputError, match="does not exist: check the path"):
            read(path)


def test_weights_of_the_spec_are_loaded(tmp_path):
    path = tmp_path / "mine.safetensors"
    tensors = body_file(path)
    model = build_model(NetworkSpec(weights=str(path)), 8, 1, 10, (3, 8, 8), seed=9)
    assert torch.equal(model.body.linear.weight, tensors["linear.weight"])
