import dataclasses

import numpy as np
import pytest
import torch
from experiment_cases import make_case
from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import layer_outputs

from repatlas.errors import InputError
from repatlas.experiments.ablation import RANDOM, ablation, random_direction, without
from repatlas.experiments.measured import read_measured
from repatlas.experiments.network import open_network
from repatlas.training.evaluate import evaluate
from repatlas.training.examples import Examples


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("run"))


def ablate(case, **changes):
    with open_network(case.inputs()) as network:
        measured = read_measured(network, case.store, case.similarity, components=2)
        return ablation(network, dataclasses.replace(measured, **changes)), network, measured


def scores(logits, labels):
    """Accuracy and cross-entropy in float64, by their definitions."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    right = logits.argmax(axis=1) == labels
    return right.mean(), -log[np.arange(len(labels)), labels].mean()


def without_component(x, number, basis=None):
    """Features (n, p) without one right singular vector of the centred features of ``basis``."""
    basis = x if basis is None else basis
    mean = basis.mean(axis=0)
    v = np.linalg.svd(basis - mean, full_matrices=False)[2][number]
    return x - np.outer((x - mean) @ v, v)


def rest_of(model, x):
    """Logits from the output of the first block, (n, 16, 8, 8)."""
    body = model.body
    with torch.no_grad():
        for part in (body.stage2, body.stage3, body.pool, body.flatten, body.linear):
            x = part(x)
    return x.double().numpy()


def test_scores_are_those_of_the_hand_made_network(case):
    record, network, _ = ablate(case)
    images, labels = network.probe.images, network.probe.labels
    features = layer_outputs(case.model, images)["stage1.block1.relu2"]
    for number in (0, 1):
        changed = without_component(features, number).astype(np.float32).reshape(-1, 16, 8, 8)
        accuracy, loss = scores(rest_of(case.model, torch.from_numpy(changed)), labels)
        assert record.accuracy[1, number] == accuracy
        assert record.loss[1, number] == pytest.approx(loss, rel=1e-4)
    mean = features.mean(axis=0)
    losses = []
    for number in range(RANDOM):
        v = random_direction("stage1.block1.relu2", number, 16 * 64).numpy()
        changed = (features - np.outer((features - mean) @ v, v)).astype(np.float32)
        logits = rest_of(case.model, torch.from_numpy(changed.reshape(-1, 16, 8, 8)))
        losses.append(scores(logits, labels)[1])
    assert record.loss[1, 2] == pytest.approx(np.mean(losses), rel=1e-5)
    assert record.layers.tolist() == network.block_outputs


def test_intact_network_is_that_of_training(case):
    record, network, _ = ablate(case)
    images, labels = torch.from_numpy(network.probe.images), torch.from_numpy(network.probe.labels)
    score = evaluate(case.model, Examples(images, labels))
    assert record.whole_accuracy == score.accuracy
    assert record.whole_loss == pytest.approx(score.loss, rel=1e-6)
    assert np.isnan(record.block_accuracy)
    assert np.isnan(record.block_loss)


def test_batches_do_not_matter(case, monkeypatch):
    whole, network, _ = ablate(case)
    block = tuple(network.block_outputs[1:])
    whole, *_ = ablate(case, block=block)
    monkeypatch.setattr("repatlas.experiments.network.BATCH", 7)
    parts, *_ = ablate(case, block=block)
    np.testing.assert_array_equal(parts.accuracy, whole.accuracy)
    np.testing.assert_allclose(parts.loss, whole.loss, rtol=1e-4)
    assert parts.block_loss == pytest.approx(whole.block_loss, rel=1e-4)
    assert parts.whole_loss == pytest.approx(whole.whole_loss, rel=1e-6)


def test_a_block_loses_the_directions_of_the_intact_network_at_once(case):
    _, network, _ = ablate(case)
    images, labels = network.probe.images, network.probe.labels
    block = tuple(network.block_outputs[1:3])
    record, *_ = ablate(case, block=block)

    intact = layer_outputs(case.model, images)
    first, second = intact["stage1.block1.relu2"], intact["stage2.block1.relu2"]
    body = case.model.body
    with torch.no_grad():
        x = without_component(first, 0).astype(np.float32).reshape(-1, 16, 8, 8)
        x = body.stage2(torch.from_numpy(x)).flatten(1).double().numpy()
        x = without_component(x, 0, basis=second).astype(np.float32).reshape(-1, 32, 4, 4)
        x = body.stage3(torch.from_numpy(x))
        logits = body.linear(body.flatten(body.pool(x))).double().numpy()
    accuracy, loss = scores(logits, labels)
    assert record.block_accuracy == accuracy
    assert record.block_loss == pytest.approx(loss, rel=1e-4)
    assert not np.isclose(record.block_loss, record.loss[1:3, 0]).any()


def test_layers_without_a_component_have_no_score(case):
    _, _, measured = ablate(case)
    vectors = measured.vectors.copy()
    vectors[2, 1] = np.nan
    record, *_ = ablate(case, vectors=vectors)
    assert np.isnan(record.accuracy[2, 1])
    assert np.isnan(record.loss[2, 1])
    assert np.isnan(record.loss).sum() == 1


def test_images_of_other_data_are_refused(case):
    inputs = case.inputs(run=case.run.model_copy(update={"data": "other"}))
    with (
        open_network(inputs) as network,
        pytest.raises(InputError, match="images of 'toy' have other classes"),
    ):
        ablation(network, None)


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(1, 6), st.integers(1, 3), st.booleans(), st.integers(0, 9))
def test_nothing_is_left_along_the_direction_and_all_else_stays(
    count, channels, side, channels_last, seed
):
    random = np.random.default_rng(seed)
    features = channels * side * side
    v, mean = random.standard_normal((2, features))
    v = torch.from_numpy(v / np.linalg.norm(v))
    mean = torch.from_numpy(mean)
    x = torch.from_numpy(random.standard_normal((count, channels, side, side)))
    layout = torch.channels_last if channels_last else torch.contiguous_format
    result = without(v, mean, x.contiguous(memory_format=layout))

    along = (result.flatten(1) - mean) @ v
    torch.testing.assert_close(along, torch.zeros(count).double(), atol=1e-9, rtol=0)
    moved = (x - result).flatten(1)
    torch.testing.assert_close(moved, torch.outer(moved @ v, v), atol=1e-9, rtol=0)
    # the mean stays where it is
    still = without(v, mean, mean.view(1, channels, side, side))
    torch.testing.assert_close(still.flatten(), mean, atol=1e-12, rtol=0)


def test_random_directions_are_unit_and_depend_on_their_names_alone():
    first = random_direction("stage1.block1.relu2", 0, 4000)
    assert torch.equal(first, random_direction("stage1.block1.relu2", 0, 4000))
    others = [random_direction("stage1.block1.relu2", 1, 4000), random_direction("x", 0, 4000)]
    for other in others:
        assert abs(float(first @ other)) < 0.1
        assert float(other.norm()) == pytest.approx(1)
    assert float(first.mean()) == pytest.approx(0, abs=1e-3)
