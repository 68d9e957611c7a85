import numpy as np
import pytest
import torch
from experiment_cases import PROBE, make_case
from store_samples import layer_outputs

from repatlas.data.dataset import read_dataset
from repatlas.errors import InputError
from repatlas.experiments import linear_probes as module
from repatlas.experiments.linear_probes import linear_probes, probed_layers
from repatlas.experiments.logistic import fit_classifier
from repatlas.experiments.network import open_network
from repatlas.store.probe import choose


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("run"), measured=False)


def fit(case, **changes):
    with open_network(case.inputs(**changes)) as network:
        return linear_probes(network), network


def test_block_outputs_and_inner_rectifiers_are_probed(case):
    record, network = fit(case)
    names = [network.layers[index].name for index in record.layers]
    inner = [[f"stage{s}.block1.relu1", f"stage{s}.block1.relu2"] for s in (1, 2, 3)]
    assert names == ["stem.relu", *(name for pair in inner for name in pair)]
    assert record.after_addition.tolist() == [True] + 3 * [False, True]
    assert record.after_addition.dtype == np.bool_


def test_rectifiers_of_branches_are_inside_blocks(tmp_path):
    case = make_case(tmp_path, measured=False, family="shake_shake")
    with open_network(case.inputs()) as network:
        names = [network.layers[index].name for index in probed_layers(network)]
    assert "relu" not in names  # that before the head
    assert sum("branch" in name for name in names) == 12
    assert sum(name.endswith("add") for name in names) == 3
    assert len(names) == 16


def test_accuracies_are_those_of_classifiers_on_the_training_images(case, monkeypatch):
    monkeypatch.setattr(module, "TRAINING_IMAGES", 15)
    monkeypatch.setattr("repatlas.experiments.network.BATCH", 7)
    record, network = fit(case)
    train = read_dataset(case.folder / "data.h5").train
    chosen = choose(train.labels, train.ids, 15)
    features = layer_outputs(case.model, train.images[chosen])
    test = layer_outputs(case.model, network.probe.images)
    for place, index in enumerate(record.layers):
        name = network.layers[index].name
        x = torch.from_numpy(features[name]).float()
        found = fit_classifier(x, train.labels[chosen], 3)
        labels = torch.from_numpy(train.labels[chosen])
        assert record.train[place] == found.right(x, labels) / 15
        labels = torch.from_numpy(network.probe.labels)
        right = found.right(torch.from_numpy(test[name]).float(), labels) / 24
        assert record.test[place] == pytest.approx(right, abs=1 / 24)
    # brightness tells the classes, and the stem sees it
    assert record.test[0] > 0.7


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"probe": PROBE.model_copy(update={"split": "train"})}, "give split: test"),
        ({"probe": PROBE.model_copy(update={"batch_norm": "batch"})}, "batch_norm: inference"),
    ],
)
def test_other_probe_sets_are_refused(case, changes, message):
    with pytest.raises(InputError, match=message):
        fit(case, **changes)
