"""Trainings of a tiny network that are stopped or killed, and how they go on."""

import json
from pathlib import Path

import pytest
import torch
from interrupted_trainings import Stop, kill_training, stop_before
from safetensors.torch import load_file
from training_cases import files, tiny_dataset, tiny_run, train_in, untimed

from repatlas.errors import InputError
from repatlas.networks.spec import NetworkSpec
from repatlas.training import loop
from repatlas.training.epoch import Trainer
from repatlas.training.job import TrainingOutputs, initial_model

RUN = tiny_run(checkpoints={"epochs": (2, 4), "steps": (1, 5)})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> TrainingOutputs:
    """``RUN``, trained without a stop."""
    return train_in(tmp_path_factory.mktemp("whole"), RUN)


@pytest.mark.parametrize("step", [0, 2, 3, 7, 11])
def test_a_stopped_training_ends_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: TrainingOutputs, step: int
) -> None:
    with monkeypatch.context() as patch:
        stop_before(patch, step)
        with pytest.raises(Stop):
            train_in(tmp_path, RUN)
    assert [path.name for path in tmp_path.iterdir()] == ["scratch"]
    (tmp_path / "scratch" / "checkpoints" / ".epoch-0002.1.tmp.safetensors").touch()

    parts = train_in(tmp_path, RUN)

    assert parts.model.read_bytes() == whole.model.read_bytes()
    assert files(parts.checkpoints) == files(whole.checkpoints)
    assert untimed(parts) == untimed(whole)


@pytest.mark.parametrize(("moment", "count"), [("step", 8), ("state.safetensors", 3)])
def test_a_killed_training_ends_as_if_it_had_not_been(
    tmp_path: Path, whole: TrainingOutputs, moment: str, count: int
) -> None:
    kill_training(tmp_path, RUN, moment, count)
    assert not (tmp_path / "model.safetensors").exists()

    parts = train_in(tmp_path, RUN)

    assert parts.model.read_bytes() == whole.model.read_bytes()
    assert files(parts.checkpoints) == files(whole.checkpoints)
    assert untimed(parts) == untimed(whole)
    assert not (tmp_path / "scratch").exists()


def test_a_finished_training_stopped_while_writing_is_not_trained_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: TrainingOutputs
) -> None:
    def stop(*_: object) -> None:
        raise Stop

    with monkeypatch.context() as patch:
        patch.setattr("repatlas.training.job.write_history", stop)
        with pytest.raises(Stop):
            train_in(tmp_path, RUN)
    monkeypatch.setattr(Trainer, "run_epoch", lambda *_: pytest.fail("trained again"))

    parts = train_in(tmp_path, RUN)

    assert parts.model.read_bytes() == whole.model.read_bytes()


def test_states_are_written_no_more_often_than_asked_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    monkeypatch.setattr(
        loop, "write_state", lambda folder, header, *_: written.append(header.rows[-1].epoch)
    )

    train_in(tmp_path, tiny_run(), save_interval=1000.0)

    assert written == [4]


@pytest.mark.parametrize("family", ["shake_shake", "dropout"])
def test_noise_of_networks_goes_on_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    network, depth = NetworkSpec(family="shake_shake"), 8
    if family == "dropout":
        (tmp_path / "own_networks.py").write_text(
            "from torch import nn\n"
            "def net(num_classes):\n"
            "    return nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(192, num_classes))\n"
        )
        monkeypatch.chdir(tmp_path)
        network, depth = NetworkSpec(import_="own_networks:net"), 0
    run = tiny_run(network, depth, epochs=2)
    whole = train_in(tmp_path / "whole", run)
    with monkeypatch.context() as patch:
        stop_before(patch, 4)
        with pytest.raises(Stop):
            train_in(tmp_path / "parts", run)
    torch.rand(5)

    assert train_in(tmp_path / "parts", run).model.read_bytes() == whole.model.read_bytes()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_first_components_go_on_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, precision: str
) -> None:
    penalty = {"strength": 3, "threshold": 0.02}
    run = tiny_run(epochs=3, component_penalty=penalty, precision=precision)
    whole = train_in(tmp_path / "whole", run)
    with monkeypatch.context() as patch:
        stop_before(patch, 7)
        with pytest.raises(Stop):
            train_in(tmp_path / "parts", run)

    parts = train_in(tmp_path / "parts", run)

    assert parts.model.read_bytes() == whole.model.read_bytes()
    assert untimed(parts) == untimed(whole)
    network = initial_model(run, tiny_dataset())
    assert load_file(parts.model).keys() == network.state_dict().keys()


@pytest.mark.parametrize("other", ["run", "data"])
def test_the_state_of_another_training_is_told_and_not_used(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    other: str,
) -> None:
    run = tiny_run(epochs=2)
    whole = train_in(tmp_path / "whole", run)
    stopped = tiny_run(epochs=2, learning_rate=0.04) if other == "run" else run
    with monkeypatch.context() as patch:
        stop_before(patch, 4)
        if other == "data":
            brighter = tiny_dataset()
            brighter.test.images[:] += 1
            patch.setattr("training_cases.tiny_dataset", lambda: brighter)
        with pytest.raises(Stop):
            train_in(tmp_path / "parts", stopped)

    parts = train_in(tmp_path / "parts", run)

    assert "another run or other data: not used" in capsys.readouterr().err
    assert parts.model.read_bytes() == whole.model.read_bytes()


def test_a_state_without_its_checkpoints_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tiny_run(epochs=2, checkpoints={"epochs": (1,)})
    with monkeypatch.context() as patch:
        stop_before(patch, 4)
        with pytest.raises(Stop):
            train_in(tmp_path, run)
    (tmp_path / "scratch" / "checkpoints" / "epoch-0001.safetensors").unlink()

    outputs = train_in(tmp_path, run)

    assert "starting anew" in capsys.readouterr().err
    assert (outputs.checkpoints / "epoch-0001.safetensors").is_file()


@pytest.mark.parametrize("name", ["state.safetensors", "checkpoints/epoch-0001.safetensors"])
@pytest.mark.parametrize("damage", ["flipped", "truncated", "foreign"])
def test_what_is_damaged_in_scratch_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: str
) -> None:
    run = tiny_run(epochs=2, checkpoints={"epochs": (1,)})
    whole = train_in(tmp_path / "whole", run)
    with monkeypatch.context() as patch:
        stop_before(patch, 4)
        with pytest.raises(Stop):
            train_in(tmp_path / "parts", run)
    file = tmp_path / "parts" / "scratch" / name
    content = bytearray(file.read_bytes())
    content[-9] ^= 64
    other = {"flipped": content, "truncated": content[:-9], "foreign": b"no tensors at all"}
    file.write_bytes(other[damage])

    parts = train_in(tmp_path / "parts", run)

    assert parts.model.read_bytes() == whole.model.read_bytes()
    assert files(parts.checkpoints) == files(whole.checkpoints)


def test_two_trainings_of_one_run_at_once_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tiny_run(epochs=1)
    first = Trainer.run_epoch

    def second_at_once(self: Trainer, *arguments: object) -> object:
        monkeypatch.setattr(Trainer, "run_epoch", first)
        with pytest.raises(InputError, match=r"another process trains it in .*scratch"):
            train_in(tmp_path, run)
        return first(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Trainer, "run_epoch", second_at_once)
    outputs = train_in(tmp_path, run)
    assert Trainer.run_epoch is first
    assert outputs.model.is_file()
    assert not (tmp_path / "scratch").exists()


def test_the_choice_of_precision_is_kept_when_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tiny_run(epochs=2, precision="auto")
    chosen = loop.PrecisionChoice("bfloat16", "measured: so", 2.0, 1.0)
    with monkeypatch.context() as patch:
        stop_before(patch, 4)
        patch.setattr(loop, "choose_precision", lambda *_: chosen)
        with pytest.raises(Stop):
            train_in(tmp_path, run)
    monkeypatch.setattr(loop, "choose_precision", lambda *_: pytest.fail("measured again"))

    outputs = train_in(tmp_path, run)

    assert json.loads(outputs.record.read_text())["precision"] == {
        "arithmetic": "bfloat16",
        "reason": "measured: so",
        "float32_seconds": 2.0,
        "bfloat16_seconds": 1.0,
    }
