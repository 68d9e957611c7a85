"""The scripts of the experiments, by their command lines."""

import runpy
import sys
from pathlib import Path

import pytest
from experiment_cases import make_case
from training_cases import tiny_dataset, tiny_run, train_in

from repatlas.data.dataset import write_dataset
from repatlas.experiments.results import Ablation, Deletion, LinearProbes, Synthetic, Trajectory
from repatlas.records import read_record
from repatlas.store.spec import ProbeSpec

SCRIPTS = Path(__file__).parents[2] / "scripts"
KINDS = {
    "ablation": Ablation,
    "deletion": Deletion,
    "linear_probes": LinearProbes,
    "synthetic": Synthetic,
}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("run"))


def call(monkeypatch, name, words):
    path = SCRIPTS / f"run_{name}.py"
    monkeypatch.setattr(sys, "argv", [str(path), *map(str, words)])
    runpy.run_path(str(path), run_name="__main__")


@pytest.mark.parametrize("name", KINDS)
def test_record_is_about_the_network_that_was_named(case, name, tmp_path, monkeypatch):
    output = tmp_path / "record.h5"
    call(monkeypatch, name, [*case.options(), "--threads", 1, "--output", output])
    record = read_record(KINDS[name], output)
    assert record.subject.run == case.run.model_dump(mode="json", by_alias=True)
    assert record.subject.checkpoint == "final"
    assert (record.subject.train_accuracy, record.subject.test_accuracy) == (0.875, 0.5)
    assert len(record.subject.layers) == 30
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.parametrize("name", KINDS)
def test_a_mistake_ends_in_one_line_and_leaves_nothing(case, name, tmp_path, monkeypatch):
    words = [*case.options(checkpoint="epoch-0007"), "--output", tmp_path / "record.h5"]
    with pytest.raises(SystemExit, match=r"error: .*store\.h5 is about another checkpoint") as end:
        call(monkeypatch, name, words)
    assert "\n" not in str(end.value)
    assert list(tmp_path.iterdir()) == []


def test_training_is_followed(tmp_path, monkeypatch):
    run = tiny_run(epochs=1)
    outputs = train_in(tmp_path, run)
    write_dataset(tiny_dataset(), tmp_path / "data.h5")
    words = {
        "run": run.as_json(),
        "weights": outputs.model,
        "checkpoints": outputs.checkpoints,
        "probe": ProbeSpec(batch_norm="batch").model_dump_json(),
        "data": tmp_path / "data.h5",
        "device": "cpu",
        "output": tmp_path / "record.h5",
    }
    call(monkeypatch, "trajectory", [word for name in words for word in (f"--{name}", words[name])])
    record = read_record(Trajectory, tmp_path / "record.h5")
    assert record.checkpoints == ("epoch-0000", "final")
    assert record.subject.checkpoint == "final"
