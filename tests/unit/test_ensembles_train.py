import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from test_ensembles_tasks import marks

from repatlas.ensembles.batch import Lessons, Places, first_networks
from repatlas.ensembles.descend import descend
from repatlas.ensembles.gradients import gradients_on, of_examples
from repatlas.ensembles.networks import Networks, predictions
from repatlas.ensembles.results import TrainedEnsemble
from repatlas.ensembles.settings import of_ensemble, pivot
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.ensembles.tasks import draw_task
from repatlas.ensembles.train import train_ensemble
from repatlas.errors import InputError
from repatlas.setting_records import read_setting_record, write_setting_record

CPU = torch.device("cpu")
ROOT = Path(__file__).parents[2]
LINEAR = EnsembleSpec(
    activation="linear",
    inputs=10,
    width=8,
    samples=(5, 30),
    snrs=(1.0, 100.0),
    members=2,
    draws=2,
    init_scales=(0.01,),
    steps=800,
    held_out=300,
)
RELU = EnsembleSpec(
    teacher="relu", inputs=5, width=8, samples=(40,), snrs=(1.0,), steps=50, init_scales=(1.0,)
)


def networks(activation, count=3, outputs=2):
    generator = torch.Generator().manual_seed(0)
    first, second = (
        torch.randn(count, *shape, generator=generator, dtype=torch.float64)
        for shape in ((5, 4), (4, outputs))
    )
    return Networks(first, second, activation)


def examples(loss, count=3, samples=11, outputs=2):
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(count, samples, 5, generator=generator, dtype=torch.float64)
    targets = torch.randn(count, samples, outputs, generator=generator, dtype=torch.float64)
    return inputs, targets.softmax(dim=2) if loss == "cross_entropy" else targets


def loss_of(model, inputs, targets, loss):
    hidden = inputs @ model.first
    outputs = (hidden.relu() if model.activation == "relu" else hidden) @ model.second
    if loss == "cross_entropy":
        return -(targets * outputs.log_softmax(dim=2)).sum(dim=2).mean(dim=1).sum()
    return (outputs - targets).square().sum(dim=2).mean(dim=1).sum() / 2


@pytest.mark.parametrize("activation", ["linear", "relu"])
@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_gradients_are_those_of_autograd(activation, loss):
    model, (inputs, targets) = networks(activation), examples(loss)
    weights = [model.first.requires_grad_(), model.second.requires_grad_()]
    expected = torch.autograd.grad(loss_of(model, inputs, targets, loss), weights)
    plain = Networks(model.first.detach(), model.second.detach(), activation)
    for found in (
        gradients_on(inputs, targets, plain, loss)(plain),
        of_examples(plain, inputs, targets, loss),
    ):
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one, other)


@pytest.mark.parametrize("activation", ["linear", "relu"])
def test_networks_trained_together_end_as_trained_one_by_one(activation):
    model, (inputs, targets) = networks(activation), examples("squared")
    spec = RELU.model_copy(update={"activation": activation, "steps": 60, "learning_rate": 0.01})
    together = descend(model, inputs, targets, spec)
    for row in range(3):
        one = slice(row, row + 1)
        alone = descend(
            Networks(model.first[one], model.second[one], activation),
            inputs[one],
            targets[one],
            spec,
        )
        torch.testing.assert_close(alone.first[0], together.first[row])
        torch.testing.assert_close(alone.second[0], together.second[row])


def test_from_small_weights_a_linear_network_ends_in_the_minimum_norm_solution():
    spec = LINEAR.model_copy(update={"steps": 4000})
    places, tasks = Places.of(spec), [draw_task(spec, draw) for draw in range(2)]
    start = first_networks(spec, places, 10, 1, CPU)
    inputs, targets = Lessons.of(spec, tasks, CPU).of_networks(places, 5)
    trained = descend(start, inputs, targets, spec)
    expected = torch.linalg.pinv(inputs) @ targets
    torch.testing.assert_close(trained.first @ trained.second, expected, atol=0.02, rtol=0.02)


def test_a_learning_rate_that_is_too_large_is_told_in_one_line():
    model, (inputs, targets) = networks("relu"), examples("squared")
    spec = RELU.model_copy(update={"learning_rate": 50.0})
    with pytest.raises(InputError, match=r"^training on 11 samples diverged with learning_rate 50"):
        descend(model, inputs, targets, spec)


def test_logits_are_read_as_probabilities():
    outputs = torch.tensor([[0.0, 0.0], [100.0, 0.0]])
    torch.testing.assert_close(
        predictions(outputs, "cross_entropy"), torch.tensor([[0.5, 0.5], [1.0, 0.0]])
    )


@pytest.fixture(scope="module")
def linear():
    return train_ensemble(LINEAR, None, CPU)


def test_every_setting_has_its_pairs_and_members(linear):
    kinds, counts = np.unique(linear.pair_kind, return_counts=True)
    # Two draws; two noise levels and two sample sizes but for the untrained.
    assert dict(zip(kinds, counts, strict=True)) == {"trained": 8, "shuffled": 16, "untrained": 2}
    assert len(linear.member_number) == 2 * 2 * 2 * 2
    untrained = linear.pair_kind == "untrained"
    assert (linear.pair_samples[untrained] == 0).all()
    assert np.isnan(linear.pair_snr[untrained]).all()
    assert linear.threshold == linear.inputs == 10
    assert linear.parameters == 8 * 11


def test_members_agree_more_with_less_noise_and_more_samples(linear):
    found = of_ensemble(linear, "cosine")
    assert found.ratios.tolist() == [0.5, 3.0]
    mean = found.alignment.mean(axis=0)
    assert (mean[:, 1] > mean[:, 0]).all()
    assert mean[1, 1] > 0.98
    assert of_ensemble(linear, "above_chance").alignment[:, 1, 1].mean() > 0.5
    assert of_ensemble(linear, "imbalance").alignment[:, 1, 1].mean() > 0.8


def test_what_can_be_fitted_is_fitted_and_errors_are_those_of_regression(linear):
    _, fitted = pivot(linear.member_train_error, linear.member_samples)
    assert fitted[0] < 0.01 < fitted[1]
    # 30 samples of 10 inputs at SNR 1: a third of the noise is fitted.
    noisy = (linear.member_samples == 30) & (linear.member_snr == 1)
    assert linear.member_train_error[noisy].mean() == pytest.approx(0.5 * 2 / 3, abs=0.15)
    assert linear.member_test_error[noisy].mean() == pytest.approx(0.5, abs=0.3)
    assert np.isnan(linear.member_mistakes).all()


def test_hidden_layers_of_large_weights_stay_where_they_began():
    spec = LINEAR.model_copy(
        update={
            "init_scales": (0.01, 3.0),
            "samples": (30,),
            "snrs": (10.0,),
            "steps": 400,
            "learning_rate": 0.005,
        }
    )
    own = train_ensemble(spec, None, CPU)
    shared = train_ensemble(spec.model_copy(update={"initialisation": "shared"}), None, CPU)

    def mean(record, kind, scale):
        rows = (record.pair_kind == kind) & (record.pair_scale == scale)
        return record.pair_cka[rows].mean()

    assert mean(own, "trained", 3.0) == pytest.approx(mean(own, "untrained", 3.0), abs=0.1)
    assert mean(shared, "trained", 3.0) > 0.97
    assert mean(shared, "untrained", 3.0) == pytest.approx(1)
    assert mean(own, "trained", 0.01) == pytest.approx(mean(shared, "trained", 0.01), abs=0.05)
    assert mean(own, "trained", 0.01) > mean(own, "trained", 3.0) + 0.2


def test_members_of_images_know_their_mistakes():
    spec = EnsembleSpec(
        data="marks", width=8, samples=(60,), snrs=(100.0,), draws=1, steps=200, held_out=24
    )
    found = train_ensemble(spec, marks(), CPU)
    assert (found.inputs, found.outputs, found.threshold) == (4, 3, 8 * 7 / 3)
    assert found.member_mistakes.max() < 0.1
    entropy = train_ensemble(spec.model_copy(update={"loss": "cross_entropy"}), marks(), CPU)
    assert entropy.member_mistakes.max() < 0.1
    assert 0 < entropy.member_test_error.max() < 0.5


def test_the_same_spec_gives_the_same_record_and_it_is_read_back(tmp_path, linear):
    again = train_ensemble(LINEAR, None, CPU)
    for name, record in (("one.h5", linear), ("two.h5", again)):
        write_setting_record(record, tmp_path / name)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()
    found = read_setting_record(TrainedEnsemble, tmp_path / "one.h5")
    assert found.spec == LINEAR
    for field in dataclasses.fields(linear):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(linear, field.name))


def test_smaller_training_sets_lie_within_larger_ones():
    places, tasks = Places.of(LINEAR), [draw_task(LINEAR, draw) for draw in range(2)]
    lessons = Lessons.of(LINEAR, tasks, CPU)
    few, many = (lessons.of_networks(places, samples) for samples in (5, 30))
    torch.testing.assert_close(few[0], many[0][:, :5])
    torch.testing.assert_close(few[1], many[1][:, :5])
    # Members of a draw: the same inputs, other noise; the last is of shuffled labels.
    assert torch.equal(many[0][0], many[0][2])
    assert not torch.equal(many[1][0], many[1][1])


def run(script, *arguments):
    command = [sys.executable, ROOT / "scripts" / script, *map(str, arguments)]
    environment = {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_scripts_write_their_records_and_tell_faults_in_one_line(tmp_path):
    spec = LINEAR.model_copy(update={"steps": 5}).model_dump_json()
    done = run(
        "train_ensembles.py", "--ensemble", spec, "--device", "cpu", "--output", tmp_path / "e.h5"
    )
    assert done.returncode == 0, done.stderr
    assert read_setting_record(TrainedEnsemble, tmp_path / "e.h5").spec.steps == 5
    done = run("train_ensembles.py", "--ensemble", '{"samples": [5], "snrs": []}', "--output", "x")
    assert done.returncode == 1
    assert done.stderr.startswith("error: --ensemble, snrs")
    assert done.stderr.count("\n") == 1
    simulation = '{"inputs": 8, "ratios": [2], "snrs": [1], "outputs": [1], "replicas": 2}'
    done = run("simulate_alignment.py", "--simulation", simulation, "--output", tmp_path / "s.h5")
    assert done.returncode == 0, done.stderr
    done = run("simulate_alignment.py", "--simulation", '{"input": 8}', "--output", "x")
    assert done.stderr.startswith("error: --simulation, input")
