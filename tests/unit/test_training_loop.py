"""Whole trainings of a tiny network: what they write, and how they go on after a stop."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from training_cases import tiny_dataset, tiny_run, train_in

from repatlas.errors import InputError
from repatlas.networks.model import Model, load_weights, read_metadata, save_weights
from repatlas.networks.spec import NetworkSpec
from repatlas.training import loop
from repatlas.training.divergence import TrainingDivergedError
from repatlas.training.epoch import Trainer
from repatlas.training.evaluate import evaluate
from repatlas.training.examples import examples_of
from repatlas.training.job import TrainingOutputs, check_data, initial_model
from repatlas.training.spec import RunSpec

RUN = tiny_run(checkpoints={"epochs": (2, 4), "steps": (1, 5)})
CHECKPOINT_FILES = ["epoch-0000", "epoch-0002", "epoch-0004", "step-00001", "step-00005"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> TrainingOutputs:
    """``RUN``, trained without a stop."""
    return train_in(tmp_path_factory.mktemp("whole"), RUN)


class Stop(BaseException):
    """Stands for a kill: nothing in the code handles it."""


def stop_before(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Let the training stop before a step's backward pass."""
    backward = Trainer._backward

    def stopping(self: Trainer, loss: torch.Tensor) -> None:
        if self.step == step:
            raise Stop
        backward(self, loss)

    monkeypatch.setattr(Trainer, "_backward", stopping)


def history(outputs: TrainingOutputs) -> list[dict[str, str]]:
    with outputs.history.open(newline="") as file:
        return list(csv.DictReader(file))


def untimed(outputs: TrainingOutputs) -> list[dict[str, str]]:
    return [{**row, "seconds": ""} for row in history(outputs)]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_equal_runs_write_equal_weights(tmp_path: Path, whole: TrainingOutputs) -> None:
    again = train_in(tmp_path, RUN)

    assert again.model.read_bytes() == whole.model.read_bytes()
    assert files(again.checkpoints) == files(whole.checkpoints)
    assert list(files(again.checkpoints)) == [f"{name}.safetensors" for name in CHECKPOINT_FILES]
    assert untimed(again) == untimed(whole)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "checkpoints",
        "history.csv",
        "model.safetensors",
        "run.json",
    ]


def test_the_network_learns_and_says_how_well(tmp_path: Path) -> None:
    run = tiny_run(epochs=8, checkpoints={"epochs": (8,)})

    outputs = train_in(tmp_path, run)

    model = initial_model(run, tiny_dataset())
    load_weights(model, outputs.model)
    metadata, record = read_metadata(outputs.model), json.loads(outputs.record.read_text())
    for split in ("train", "test"):
        examples = examples_of(getattr(tiny_dataset(), split), torch.device("cpu"))
        score = evaluate(model, examples)
        assert score.accuracy > 0.9
        assert metadata[f"{split}_accuracy"] == repr(score.accuracy)
        assert record[split] == {"loss": score.loss, "accuracy": score.accuracy}
        assert float(history(outputs)[-1][f"{split}_accuracy"]) == pytest.approx(score.accuracy)
    assert (metadata["epoch"], metadata["step"], metadata["layers"]) == ("8", "24", "30")
    assert metadata["run"] == run.as_json()
    last = load_file(outputs.checkpoints / "epoch-0008.safetensors")
    assert all(torch.equal(value, last[name]) for name, value in load_file(outputs.model).items())


def test_history_tells_what_was_measured_when(tmp_path: Path) -> None:
    rows = history(
        train_in(tmp_path, tiny_run(epochs=5, test_every=3, checkpoints={"epochs": (2,)}))
    )

    def filled(column: str) -> list[int]:
        return [int(row["epoch"]) for row in rows if row[column]]

    assert [(row["epoch"], row["step"]) for row in rows] == [(str(e), str(3 * e)) for e in range(6)]
    assert filled("running_loss") == filled("learning_rate") == [1, 2, 3, 4, 5]
    assert filled("test_accuracy") == [0, 2, 3, 5]
    assert filled("train_accuracy") == [0, 2, 5]


def test_initialisation_and_order_have_seeds_of_their_own(tmp_path: Path) -> None:
    run = tiny_run(epochs=1)
    other_order = run.model_copy(update={"order": 6})
    other_seed = run.model_copy(update={"seed": 4})

    started, final = [], []
    for name, each in (("a", run), ("b", other_order), ("c", other_seed)):
        outputs = train_in(tmp_path / name, each)
        started.append(load_file(outputs.checkpoints / "epoch-0000.safetensors"))
        final.append(load_file(outputs.model))

    key = "body.linear.weight"
    assert torch.equal(started[0][key], started[1][key])
    assert not torch.equal(started[0][key], started[2][key])
    assert not torch.equal(final[0][key], final[1][key])


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


def test_given_weights_are_taken_as_they_are_without_epochs(tmp_path: Path) -> None:
    given = initial_model(tiny_run(), tiny_dataset())
    with torch.no_grad():
        given.body.linear.bias += 1
    save_weights(given, tmp_path / "given.safetensors", {})
    network = NetworkSpec(weights=str(tmp_path / "given.safetensors"))

    outputs = train_in(tmp_path / "run", tiny_run(network, epochs=0))

    state = load_file(outputs.model)
    assert torch.equal(state["body.linear.bias"], torch.ones(3))
    assert list(files(outputs.checkpoints)) == ["epoch-0000.safetensors"]
    assert [row["epoch"] for row in history(outputs)] == ["0"]
    assert 0 <= float(read_metadata(outputs.model)["test_accuracy"]) <= 1


def test_divergence_is_one_line_and_leaves_the_last_good_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tiny_run(checkpoints={"epochs": (2,)})
    forward = Trainer._forward

    def spoilt(self: Trainer, *batch: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, loss = forward(self, *batch)
        return logits, loss * (float("nan") if self.step == 7 else 1)

    monkeypatch.setattr(Trainer, "_forward", spoilt)

    with pytest.raises(TrainingDivergedError) as caught:
        train_in(tmp_path, run)

    message = str(caught.value)
    path = tmp_path / "scratch" / "last_good.safetensors"
    assert "\n" not in message
    for part in ("RN-8 1x", "epoch 3, step 8", "loss nan", "0.02934", "after epoch 2", str(path)):
        assert part in message
    assert read_metadata(path)["epoch"] == "2"
    kept = load_file(tmp_path / "scratch" / "checkpoints" / "epoch-0002.safetensors")
    assert all(torch.equal(value, kept[name]) for name, value in load_file(path).items())
    assert [entry.name for entry in tmp_path.iterdir()] == ["scratch"]


def test_divergence_in_the_first_epoch_leaves_the_untrained_network(tmp_path: Path) -> None:
    run = tiny_run(NetworkSpec(family="mlp"), 3, learning_rate=100, warmup_epochs=0, batch_size=4)

    with pytest.raises(TrainingDivergedError, match=r"after epoch 0, are .*epoch-0000") as caught:
        train_in(tmp_path, run)

    path = str(caught.value).split(" are ")[1].split(";")[0]
    load_weights(initial_model(run, tiny_dataset()), path)


@pytest.mark.parametrize(
    ("change", "recipe", "message"),
    [
        ({"subset_seed": 9}, {}, "the data set has subset_seed 0 where the run has 9"),
        ({}, {"augmentation": {"crop_padding": 8}}, "crop_padding 8 on images of 8 pixels"),
        ({}, {"checkpoints": {"steps": (12, 13)}}, "13 is beyond the last step, 12"),
    ],
)
def test_what_does_not_fit_the_data_is_refused(
    change: dict[str, object], recipe: dict[str, object], message: str
) -> None:
    run = tiny_run(**recipe)
    run = run.model_copy(update={"data_spec": run.data_spec.model_copy(update=change)})

    with pytest.raises(InputError, match=message):
        check_data(run, tiny_dataset())


def test_where_the_files_of_a_data_set_lie_does_not_matter() -> None:
    run = tiny_run()
    moved = run.data_spec.model_copy(update={"root": "/elsewhere", "download": True})

    check_data(run.model_copy(update={"data_spec": moved}), tiny_dataset())


def test_standardisation_uses_the_training_images_or_nothing() -> None:
    images = tiny_dataset().train.images / 255

    def statistics(standardise: bool) -> tuple[list[float], list[float]]:
        model: Model = initial_model(tiny_run(standardise=standardise), tiny_dataset())
        return model.input.mean.flatten().tolist(), model.input.sd.flatten().tolist()

    mean, sd = statistics(True)
    assert mean == pytest.approx(images.mean((0, 2, 3)), abs=1e-6)
    assert sd == pytest.approx(images.std((0, 2, 3)), abs=1e-6)
    assert statistics(False) == ([0, 0, 0], [1, 1, 1])


IMPORTING = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
"""Environment in which another process finds what this one does."""

KILLED = """
import os, signal, sys
from pathlib import Path
from training_cases import train_in
from repatlas.training.epoch import Trainer
from repatlas.training.spec import parse_run

folder, run, moment, count = Path(sys.argv[1]), parse_run(sys.argv[2]), sys.argv[3], sys.argv[4]
left = int(count)

def wait_if(hit):
    global left
    left -= hit
    if hit and left == 0:
        print("now", file=sys.stderr, flush=True)
        signal.pause()

def waiting_replace(source, target, replace=os.replace):
    wait_if(Path(target).name == moment)
    replace(source, target)

def waiting_backward(self, loss, backward=Trainer._backward):
    wait_if(moment == "step")
    backward(self, loss)

os.replace, Trainer._backward = waiting_replace, waiting_backward
train_in(folder, run)
"""


def kill_training(folder: Path, run: RunSpec, moment: str, count: int) -> None:
    """Train in another process and kill it at the ``count``-th occurrence of a moment.

    Moments are ``step``, in the middle of one, and names of files: written, but not yet renamed.
    """
    command = [sys.executable, "-c", KILLED, str(folder), run.as_json(), moment, str(count)]
    with subprocess.Popen(command, env=IMPORTING, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = list(iter(process.stderr.readline, "now\n"))
        assert "" not in told, told
        process.kill()
    assert process.returncode == -signal.SIGKILL


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


def test_the_script_refuses_in_one_line_with_status_1(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "scripts" / "train.py"
    options = ("data", "scratch", "model", "checkpoints", "history", "record")
    paths = [f"--{name}={tmp_path / name}" for name in options]

    command = [sys.executable, script, "--run", "{}", *paths]
    done = subprocess.run(command, env=IMPORTING, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: run, data: Field required")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
