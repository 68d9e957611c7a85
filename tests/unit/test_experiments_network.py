import json

import numpy as np
import pytest
import torch
from experiment_cases import PROBE, make_case

from repatlas.errors import InputError
from repatlas.experiments.measured import read_measured
from repatlas.experiments.network import open_network, open_networks, require_own_images
from repatlas.similarity.files import compare_stores
from repatlas.store.extract import extract
from repatlas.store.reader import ActivationStore
from repatlas.store.spec import ProbeSpec


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("run"))


def test_a_network_is_opened_as_it_was_trained(case):
    with open_network(case.inputs()) as network:
        assert not network.model.training
        assert torch.is_inference_mode_enabled()
        assert torch.get_float32_matmul_precision() == "highest"
        assert network.subject.run == json.loads(case.run.as_json())
        assert network.subject.probe == PROBE.model_dump(mode="json")
        assert (network.epoch, network.step) == (7, 70)
        assert (network.subject.train_accuracy, network.subject.test_accuracy) == (0.875, 0.5)
        rows = [rows for rows, *_ in network.batches()]
        assert len(rows) == network.batch_count == 1
        images = torch.from_numpy(network.probe.images)
        assert torch.equal(network.model(images), case.model(images))
    assert not torch.is_inference_mode_enabled()


def test_several_networks_share_their_images(case):
    final = case.inputs()
    other = case.inputs(run=case.run.model_copy(update={"seed": 9}), checkpoint="epoch-0007")
    with open_networks([final, other]) as networks:
        first, second = networks
        assert first.probe is second.probe
        assert (first.subject.checkpoint, second.subject.checkpoint) == ("final", "epoch-0007")
        assert second.subject.run["seed"] == 9
        assert not any(network.model.training for network in networks)
        assert torch.is_inference_mode_enabled()
    assert not torch.is_inference_mode_enabled()


def test_batches_cover_the_probe_set(case, monkeypatch):
    monkeypatch.setattr("repatlas.experiments.network.BATCH", 10)
    with open_network(case.inputs()) as network:
        parts = list(network.batches())
        assert [len(labels) for _, _, labels in parts] == [10, 10, 4]
        assert network.batch_count == 3
        images = np.concatenate([images.numpy() for _, images, _ in parts])
        np.testing.assert_array_equal(images, network.probe.images)
        labels = np.concatenate([labels.numpy() for _, _, labels in parts])
        np.testing.assert_array_equal(labels, network.probe.labels)


def test_what_is_read_is_what_the_store_holds(case):
    with open_network(case.inputs()) as network:
        measured = read_measured(network, case.store, case.similarity, components=2)
        outputs = network.block_outputs
    with ActivationStore(case.store) as store:
        np.testing.assert_array_equal(measured.vectors, store.component_vectors[outputs, :2])
        np.testing.assert_array_equal(
            measured.eigenvalues, store.component_eigenvalues[outputs, :2]
        )
        np.testing.assert_array_equal(measured.norms, store.activation_norms[outputs])
        np.testing.assert_array_equal(
            measured.component, store.component_vectors[measured.reference, 0]
        )
    assert measured.reference in outputs


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"checkpoint": "epoch-0007"}, "is about another checkpoint"),
        ({"probe": ProbeSpec(batch_size=8, components=3, count=20)}, "is about another probe set"),
    ],
)
def test_a_store_of_something_else_is_refused(case, changes, message):
    with (
        open_network(case.inputs(**changes)) as network,
        pytest.raises(InputError, match=message),
    ):
        read_measured(network, case.store, case.similarity, components=2)


def test_a_store_of_another_run_is_refused(case):
    run = case.run.model_copy(update={"order": 9})
    with (
        open_network(case.inputs(run=run)) as network,
        pytest.raises(InputError, match=r"store\.h5 is about another run than the one given"),
    ):
        read_measured(network, case.store, case.similarity, components=2)


def test_a_similarity_file_of_another_store_is_refused(case, tmp_path):
    inputs = case.inputs()
    probe = ProbeSpec(batch_size=12, components=3)
    store = tmp_path / "store.h5"
    extract(case.run, "final", inputs.weights, probe, inputs.data, store, device="cpu")
    compare_stores([store], "within", tmp_path / "similarity.h5")
    with (
        open_network(inputs) as network,
        pytest.raises(InputError, match=r"similarity\.h5 is not about"),
    ):
        read_measured(network, case.store, tmp_path / "similarity.h5", components=2)


def test_too_few_components_are_refused(case):
    with (
        open_network(case.inputs()) as network,
        pytest.raises(InputError, match="holds 3 components of a layer, not 4"),
    ):
        read_measured(network, case.store, case.similarity, components=4)


def test_a_network_without_marked_blocks_is_refused(tmp_path):
    case = make_case(tmp_path, measured=False)
    with open_network(case.inputs()) as network:
        for layer in network.layers:
            object.__setattr__(layer, "block_output", False)
        with pytest.raises(InputError, match="no module of the network has `block_output = True`"):
            _ = network.block_outputs


@pytest.mark.parametrize(
    ("run", "probe", "message"),
    [
        ({"data": "other"}, {}, "images of 'toy' have other classes"),
        ({}, {"batch_norm": "batch"}, "give batch_norm: inference"),
    ],
)
def test_images_without_meaning_for_the_network_are_refused(case, run, probe, message):
    inputs = case.inputs(run=case.run.model_copy(update=run), probe=PROBE.model_copy(update=probe))
    with open_network(inputs) as network, pytest.raises(InputError, match=message):
        require_own_images(network)
