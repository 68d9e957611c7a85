"""Runs that start from the weights of another run."""

import json
from pathlib import Path

import pytest
import torch
from interrupted_trainings import Stop, stop_before
from safetensors.torch import load_file
from torch import Tensor, nn
from training_cases import (
    CLASSES,
    DATA,
    tiny_dataset,
    tiny_run,
    tiny_split,
    train_in,
    transferred_run,
)

from repatlas.data.dataset import Dataset
from repatlas.errors import InputError
from repatlas.networks.model import Model, save_weights
from repatlas.networks.spec import NetworkSpec
from repatlas.training.job import initial_model
from repatlas.training.transfer import take_over


def start_file(folder: Path, add: float = 1.0, depth: int = 8, **metadata: str) -> Path:
    """Weights of a network for five classes and darker images, each tensor moved."""
    split = tiny_split("train", 42)
    split.images[:] //= 2
    data = Dataset("dark", DATA, (*CLASSES, "d", "e"), split, tiny_split("test", 18))
    model = initial_model(tiny_run(depth=depth), data)
    with torch.no_grad():
        for value in (*model.parameters(), *model.buffers()):
            value += round(add) if value.dtype == torch.int64 else add
    folder.mkdir(exist_ok=True)
    save_weights(model, folder / "start.safetensors", metadata)
    return folder / "start.safetensors"


def tensors(model: Model) -> dict[str, Tensor]:
    return dict(model.state_dict())


@pytest.mark.parametrize("layers", ["all_but_last", "first_stage"])
def test_the_layers_that_are_asked_for_are_taken_over(tmp_path: Path, layers: str) -> None:
    path = start_file(tmp_path)

    model = tensors(initial_model(transferred_run(layers), tiny_dataset(), path))

    given, own = load_file(path), tensors(initial_model(tiny_run(), tiny_dataset()))
    if layers == "all_but_last":
        taken = {name for name in own if not name.startswith(("input.", "body.linear."))}
    else:
        taken = {name for name in own if name.startswith(("body.stem.", "body.stage1."))}
    assert any(name.endswith("running_var") for name in taken)
    for name, value in model.items():
        assert torch.equal(value, given[name] if name in taken else own[name]), name


def test_training_starts_there_and_says_so(tmp_path: Path) -> None:
    run = transferred_run(epochs=0, warmup_epochs=0)
    first = tiny_run()
    path = start_file(tmp_path, run=first.as_json())

    outputs = train_in(tmp_path, run, start=path)

    begun = load_file(outputs.checkpoints / "epoch-0000.safetensors")
    assert torch.equal(begun["body.stem.conv.weight"], load_file(path)["body.stem.conv.weight"])
    record = json.loads(outputs.record.read_text())
    assert record["start"]["layers"] == "all_but_last"
    assert record["start"]["run"] == first.title
    assert record["run"]["start_run"]["training"] == "standard"
    assert "start from tiny standard" in record["title"]


class _Plain(nn.Module):
    """A network without stages, whose last linear layer is not called ``linear``."""

    def __init__(self, classes: int, last: bool = True) -> None:
        super().__init__()
        self.first = nn.Linear(4, 6)
        self.fc = nn.Linear(6, classes) if last else nn.Conv2d(6, classes, 1)


def test_any_network_may_start_from_all_but_its_last_linear_layer(tmp_path: Path) -> None:
    given, model = Model(_Plain(7)), Model(_Plain(3))
    save_weights(given, tmp_path / "start.safetensors", {})
    own = model.body.fc.weight.clone()

    take_over(model, tmp_path / "start.safetensors", "all_but_last")

    assert torch.equal(model.body.first.weight, given.body.first.weight)
    assert torch.equal(model.body.fc.weight, own)


def test_what_a_network_does_not_have_is_refused_in_one_line(tmp_path: Path) -> None:
    save_weights(Model(_Plain(7)), tmp_path / "start.safetensors", {})

    with pytest.raises(InputError, match=r"first_stage: the network has no stages"):
        take_over(Model(_Plain(3)), tmp_path / "start.safetensors", "first_stage")
    save_weights(Model(nn.Conv2d(1, 1, 1)), tmp_path / "conv.safetensors", {})
    with pytest.raises(InputError, match=r"all_but_last: the network has no linear layer"):
        take_over(Model(nn.Conv2d(1, 1, 1)), tmp_path / "conv.safetensors", "all_but_last")


@pytest.mark.parametrize(
    ("network", "depth", "message"),
    [
        (NetworkSpec(family="convnet"), 3, "tensor .* is missing"),
        (NetworkSpec(), 14, "it has no tensor stage1.block2"),
    ],
)
def test_weights_that_do_not_fit_are_refused_and_nothing_changes(
    tmp_path: Path, network: NetworkSpec, depth: int, message: str
) -> None:
    wide = tiny_run(network, 8 if network.family == "resnet" else 3)
    model = initial_model(wide, tiny_dataset())
    before = {name: value.clone() for name, value in tensors(model).items()}
    path = start_file(tmp_path, depth=max(depth, 8))

    with pytest.raises(InputError, match=message) as caught:
        take_over(model, path, "all_but_last")

    assert "\n" not in str(caught.value)
    assert all(torch.equal(value, before[name]) for name, value in tensors(model).items())


def test_a_tensor_of_another_shape_is_named(tmp_path: Path) -> None:
    save_weights(Model(nn.Sequential(nn.Linear(4, 5), nn.Linear(5, 3))), tmp_path / "a.st", {})

    with pytest.raises(InputError, match=r"tensor 0\.weight has shape \(5, 4\).*has \(6, 4\)"):
        take_over(
            Model(nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 3))),
            tmp_path / "a.st",
            "all_but_last",
        )


def test_weights_are_there_if_and_only_if_the_recipe_starts_from_them(tmp_path: Path) -> None:
    path = start_file(tmp_path)

    with pytest.raises(InputError, match=r"the recipe has `start`: give weights of RN-8 1x"):
        train_in(tmp_path, transferred_run())
    with pytest.raises(InputError, match="the recipe has no `start`: drop"):
        train_in(tmp_path, tiny_run(), start=path)
    assert not (tmp_path / "scratch").exists()


def test_weights_of_another_run_are_refused(tmp_path: Path) -> None:
    other = tiny_run().model_copy(update={"seed": 4})
    path = start_file(tmp_path, run=other.as_json())

    with pytest.raises(InputError, match=r"is of seed 4 where it should be of 3"):
        initial_model(transferred_run(), tiny_dataset(), path)


def test_a_state_that_began_from_other_weights_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = transferred_run(epochs=2)
    with monkeypatch.context() as patch:
        stop_before(patch, 4)
        with pytest.raises(Stop):
            train_in(tmp_path, run, start=start_file(tmp_path, add=0.0))

    train_in(tmp_path, run, start=start_file(tmp_path, add=0.01))

    assert "another run or other data: not used" in capsys.readouterr().err
