import numpy as np
import pytest
import torch
from experiment_cases import make_case
from torch import nn
from torch.nn import functional as F

from repatlas.errors import InputError
from repatlas.experiments.deletion import deletion
from repatlas.experiments.network import open_network
from repatlas.networks.model import save_weights
from repatlas.training.evaluate import evaluate
from repatlas.training.examples import Examples


@pytest.fixture(scope="module", params=["resnet", "shake_shake"])
def case(tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("run")
    return make_case(folder, measured=False, depth=14, family=request.param)


def delete(case):
    with open_network(case.inputs()) as network:
        return deletion(network), network


def examples(network):
    return Examples(torch.from_numpy(network.probe.images), torch.from_numpy(network.probe.labels))


def test_each_stage_loses_its_last_blocks(case):
    record, network = delete(case)
    assert record.stages.tolist() == [1, 1, 2, 2, 3, 3]
    assert record.deleted.tolist() == [0, 1, 0, 1, 0, 1]
    ends = [network.layers[index].name.rpartition(".")[0] for index in record.layers]
    assert ends == [f"stage{s}.block{b}" for s in (1, 2, 3) for b in (2, 1)]
    assert all(network.layers[index].block_output for index in record.layers)


def test_with_nothing_deleted_the_network_is_whole(case):
    record, network = delete(case)
    score = evaluate(case.model, examples(network))
    assert (record.accuracy[record.deleted == 0] == score.accuracy).all()
    np.testing.assert_allclose(record.loss[record.deleted == 0], score.loss, rtol=1e-6)


def test_a_deleted_block_is_the_identity(case):
    record, network = delete(case)
    images, labels = examples(network).images, examples(network).labels
    for stage in (1, 2, 3):
        body = dict(case.model.body.named_children())
        body[f"stage{stage}"] = body[f"stage{stage}"].block1
        with torch.no_grad():
            logits = nn.Sequential(case.model.input, *body.values()).eval()(images)
        place = (record.stages == stage) & (record.deleted == 1)
        assert record.accuracy[place] == (logits.argmax(1) == labels).double().mean()
        assert record.loss[place] == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-5)
    assert len(np.unique(record.loss.round(6))) == 4


def test_blocks_that_add_nothing_can_go(tmp_path):
    case = make_case(tmp_path, measured=False, depth=20)
    for stage in (case.model.body.stage1, case.model.body.stage2, case.model.body.stage3):
        for block in (stage.block2, stage.block3):
            nn.init.zeros_(block.bn2.weight)
            nn.init.zeros_(block.bn2.bias)

    save_weights(case.model, tmp_path / "model.safetensors", {})
    record, _ = delete(case)
    assert record.deleted.tolist() == [0, 1, 2] * 3
    assert (record.accuracy == record.accuracy[0]).all()
    np.testing.assert_allclose(record.loss, record.loss[0], rtol=1e-6)


def test_batches_do_not_matter(case, monkeypatch):
    whole, _ = delete(case)
    monkeypatch.setattr("repatlas.experiments.network.BATCH", 7)
    parts, _ = delete(case)
    np.testing.assert_array_equal(parts.accuracy, whole.accuracy)
    np.testing.assert_allclose(parts.loss, whole.loss, rtol=1e-5)


@pytest.mark.parametrize(
    "network", [{"residual": False}, {"family": "convnet", "depth": 3}, {"family": "mlp"}]
)
def test_networks_without_skip_connections_are_refused(tmp_path, network):
    case = make_case(tmp_path, measured=False, **network)
    with pytest.raises(InputError, match="a skip connection must remain"):
        delete(case)
