import weakref

import numpy as np
import pytest
import torch
from training_cases import tiny_dataset, tiny_run, train_in

from repatlas.data.dataset import write_dataset
from repatlas.errors import InputError
from repatlas.experiments import trajectory as module
from repatlas.experiments.network import NetworkInputs, open_network
from repatlas.experiments.snapshot import take_snapshot
from repatlas.experiments.trajectory import trajectory
from repatlas.similarity.grid import compare
from repatlas.store.extract import extract
from repatlas.store.reader import ActivationStore
from repatlas.store.spec import ProbeSpec

PROBE = ProbeSpec(batch_norm="batch", components=3)
NAMES = ("epoch-0000", "step-00001", "step-00002", "epoch-0001", "step-00005", "epoch-0004")
COMPARED = [0, 3, 5, 6]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    run = tiny_run(checkpoints={"epochs": (1, 4), "steps": (1, 2, 5)})
    outputs = train_in(folder, run)
    write_dataset(tiny_dataset(), folder / "data.h5")
    return outputs, run, folder


def inputs(trained, probe=PROBE):
    outputs, run, folder = trained
    return NetworkInputs(run, outputs.model, probe, folder / "data.h5", device="cpu")


@pytest.fixture(scope="module")
def followed(trained):
    with open_network(inputs(trained)) as network:
        before = {name: value.clone() for name, value in network.model.state_dict().items()}
        record = trajectory(network, trained[0].checkpoints)
        after = network.model.state_dict()
        assert all(torch.equal(after[name], value) for name, value in before.items())
        return record, network


def test_checkpoints_stand_in_the_order_of_training(followed):
    record, network = followed
    assert record.checkpoints == (*NAMES, "final")
    assert record.steps.tolist() == [0, 1, 2, 3, 5, 12, 12]
    assert record.epochs.tolist() == [0, 0, 0, 1, 1, 4, 4]
    assert record.compared.tolist() == COMPARED
    assert record.ids.tolist() == network.probe.ids.tolist()
    layers, outputs, images = len(network.layers), len(network.block_outputs), 18
    assert record.share.shape == (7, layers)
    assert record.components.shape == record.norms.shape == (7, outputs, images)
    assert record.cka_within.shape == record.cka_final.shape == (4, layers, layers)


@pytest.mark.parametrize("batch_norm", ["batch", "inference"])
def test_a_checkpoint_is_seen_as_its_store_sees_it(trained, tmp_path, batch_norm):
    outputs, run, folder = trained
    probe = PROBE.model_copy(update={"batch_norm": batch_norm})
    with open_network(inputs(trained, probe)) as network:
        record = trajectory(network, outputs.checkpoints)
        rows = network.block_outputs
    paths = {
        "step-00002": outputs.checkpoints / "step-00002.safetensors",
        "epoch-0001": outputs.checkpoints / "epoch-0001.safetensors",
        "final": outputs.model,
    }
    for name, path in paths.items():
        store = tmp_path / f"{name}.h5"
        extract(run, name, path, probe, folder / "data.h5", store, device="cpu")
        place = record.checkpoints.index(name)
        with ActivationStore(store) as opened:
            np.testing.assert_allclose(record.share[place], opened.component_share[:, 0], rtol=1e-5)
            components = opened.component_vectors[rows, 0]
            np.testing.assert_allclose(record.components[place], components, atol=1e-4)
            np.testing.assert_allclose(
                record.norms[place], opened.activation_norms[rows], rtol=1e-6
            )
    with (
        ActivationStore(tmp_path / "epoch-0001.h5") as first,
        ActivationStore(tmp_path / "final.h5") as final,
    ):
        found = compare([first, final], [(0, 0), (0, 1), (1, 1)])
    for place, pair in ((1, (0, 0)), (3, (1, 1))):
        np.testing.assert_allclose(record.cka_within[place], found[pair].cka_minibatch, atol=1e-4)
    np.testing.assert_allclose(record.cka_final[1], found[0, 1].cka_minibatch, atol=1e-4)


def test_final_network_compared_with_itself(followed):
    record, _ = followed
    np.testing.assert_array_equal(record.cka_final[-1], record.cka_within[-1])
    # The last epoch's checkpoint has the same weights.
    np.testing.assert_allclose(record.cka_final[-2], record.cka_within[-1], atol=1e-5)
    assert not np.allclose(record.cka_final[0], record.cka_within[-1], atol=0.05)
    np.testing.assert_array_equal(record.share[-1], record.share[-2])


def test_rows_are_the_checkpoint_and_columns_the_final_network(trained):
    with open_network(inputs(trained)) as network:
        first = take_snapshot(network.model, network.probe, "first")
        with torch.inference_mode():
            network.model.body.stage3.block1.conv1.weight.mul_(-1)
        other = take_snapshot(network.model, network.probe, "other")
    _, with_final = module._compare(other, first)
    expected = compare([other, first], [(0, 1)])[0, 1].cka_minibatch
    np.testing.assert_allclose(with_final, expected, atol=1e-5)
    assert not np.allclose(with_final, with_final.T, atol=1e-3)


def test_two_sets_of_grams_are_held_at_most(trained, monkeypatch):
    alive = []

    def counted(*arguments):
        held.append(sum(one() is not None for one in alive))
        grams = take_snapshot(*arguments)
        alive.append(weakref.ref(grams))
        return grams

    held: list[int] = []
    monkeypatch.setattr(module, "take_snapshot", counted)
    with open_network(inputs(trained)) as network:
        trajectory(network, trained[0].checkpoints)
    assert held == [0] + 6 * [1]


def test_several_batches_are_refused(trained):
    probe = PROBE.model_copy(update={"batch_size": 8})
    with (
        open_network(inputs(trained, probe)) as network,
        pytest.raises(InputError, match=r"18 images in batches of 8: .* give count: 8"),
    ):
        trajectory(network, trained[0].checkpoints)


def test_a_missing_checkpoint_is_named(trained, tmp_path):
    with (
        open_network(inputs(trained)) as network,
        pytest.raises(InputError, match="lacks checkpoint epoch-0000"),
    ):
        trajectory(network, tmp_path)
