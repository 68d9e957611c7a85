"""Whole trainings of a tiny network: what they write."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from interrupted_trainings import IMPORTING
from safetensors.torch import load_file
from training_cases import (
    chosen_examples,
    edited_run,
    files,
    history,
    tiny_dataset,
    tiny_run,
    train_in,
    untimed,
)

from repatlas.data.dataset import write_dataset
from repatlas.data.examples import write_examples
from repatlas.errors import InputError
from repatlas.networks.model import Model, load_weights, save_weights
from repatlas.networks.spec import NetworkSpec
from repatlas.tensor_file import read_metadata
from repatlas.training.evaluate import evaluate
from repatlas.training.examples import examples_of
from repatlas.training.job import TrainingOutputs, check_data, initial_model


def test_equal_runs_write_equal_weights(tmp_path: Path) -> None:
    run = tiny_run(checkpoints={"epochs": (2, 4), "steps": (1, 5)})
    expected = ["epoch-0000", "epoch-0002", "epoch-0004", "step-00001", "step-00005"]
    whole, again = (train_in(tmp_path / name, run) for name in ("whole", "again"))

    assert again.model.read_bytes() == whole.model.read_bytes()
    assert files(again.checkpoints) == files(whole.checkpoints)
    assert list(files(again.checkpoints)) == [f"{name}.safetensors" for name in expected]
    assert untimed(again) == untimed(whole)
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == [
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


def test_test_images_choose_nothing_f5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F5: results are those of the last epoch, whatever the scores on the test images were."""
    run = tiny_run(checkpoints={"epochs": (1, 2, 3, 4)})
    one = train_in(tmp_path / "one", run)
    other_labels = tiny_dataset()
    other_labels.test.labels[:] = (other_labels.test.labels + 1) % 3
    monkeypatch.setattr("training_cases.tiny_dataset", lambda: other_labels)

    other = train_in(tmp_path / "other", run)

    def tested(outputs: TrainingOutputs) -> list[float]:
        return [float(row["test_accuracy"]) for row in history(outputs)]

    def contents(path: Path) -> dict[str, bytes]:
        return {name: value.numpy().tobytes() for name, value in load_file(path).items()}

    # Where one improves the other gets worse.
    assert tested(one)[-1] > tested(one)[0]
    assert tested(other)[-1] < tested(other)[0]
    assert contents(other.model) == contents(one.model)
    for outputs in (one, other):
        assert read_metadata(outputs.model)["epoch"] == "4"
        assert contents(outputs.model) == contents(outputs.checkpoints / "epoch-0004.safetensors")


@pytest.mark.parametrize("unit", ["step", "epoch"])
def test_the_unit_of_the_schedule_is_recorded_and_kept_to_f8(tmp_path: Path, unit: str) -> None:
    """F8: whether the learning rate moves by step or by epoch stands with the results."""
    run = tiny_run(epochs=2, schedule_unit=unit)

    outputs = train_in(tmp_path, run)

    record = json.loads(outputs.record.read_text())
    metadata = json.loads(read_metadata(outputs.model)["run"])
    assert record["run"]["training_spec"]["schedule_unit"] == unit
    assert metadata["training_spec"]["schedule_unit"] == unit
    # Half a cosine over the three steps, or the one epoch, that follow the warm-up.
    expected = {"step": 0.05 * (1 + math.cos(2 * math.pi / 3)) / 2, "epoch": 0.05}[unit]
    assert float(history(outputs)[-1]["learning_rate"]) == pytest.approx(expected, rel=1e-4)


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


def call_script(folder: Path, run: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
    """Call the script with a data set; its outputs go to a folder."""
    script = Path(__file__).parents[2] / "scripts" / "train.py"
    write_dataset(tiny_dataset(), folder / "data.h5")
    names = ("scratch", "model", "checkpoints", "history", "record")
    paths = [f"--{name}={folder / name}" for name in names]
    command = [sys.executable, script, "--run", run, "--data", folder / "data.h5", *paths, *options]
    return subprocess.run(command, env=IMPORTING, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("run", "options", "message"),
    [
        ("{}", [], "error: run, data: Field required"),
        (tiny_run().as_json(), ["--start", "a.st"], "the recipe has no `start`: drop a.st"),
    ],
)
def test_the_script_refuses_in_one_line_with_status_1(
    tmp_path: Path, run: str, options: list[str], message: str
) -> None:
    done = call_script(tmp_path, run, *options)

    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["data.h5"]


def test_the_script_takes_the_images_to_be_changed(tmp_path: Path) -> None:
    write_examples(chosen_examples(), tmp_path / "examples.json")

    done = call_script(
        tmp_path, edited_run(epochs=0).as_json(), "--examples", tmp_path / "examples.json"
    )

    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "record").read_text())["edit"]["count"] == 4
