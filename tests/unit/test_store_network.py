"""Whole stores of small networks, against outputs of the network in float64."""

import numpy as np
import pytest
import torch
from store_samples import (
    HEADER,
    contents,
    defined_components,
    defined_gram,
    layer_outputs,
    network,
    plain_copy,
    probe,
    write,
)
from torch import nn

from repatlas.errors import InputError
from repatlas.networks.model import Model
from repatlas.store.extract import write_activations
from repatlas.store.reader import ActivationStore


def check(found, outputs, batches, components=3):
    """A store's content against the float64 activations of each layer."""
    for row, name in enumerate(found["names"]):
        features = outputs[name]
        scale = max(np.square(features - features.mean(axis=0)).sum(axis=1).max(), 1e-30)
        np.testing.assert_allclose(
            found["norms"][row], np.linalg.norm(features, axis=1), rtol=1e-5, err_msg=name
        )
        for grams, (start, stop) in zip(found["grams"], batches, strict=True):
            expected = defined_gram(features[start:stop])
            np.testing.assert_allclose(grams[row], expected, atol=2e-5 * scale, err_msg=name)
        shares = defined_components(features, components)[2]
        np.testing.assert_allclose(
            found["share"][row][: len(shares)], shares, atol=2e-4, err_msg=name
        )


def same(found, other, tolerance):
    """Two stores' contents agree; components up to what close eigenvalues allow."""
    assert found["names"] == other["names"]
    for name in ("norms", "batch", "full", "logits", "eigenvalues"):
        scale = np.abs(other[name]).max()
        np.testing.assert_allclose(found[name], other[name], atol=tolerance * scale, err_msg=name)
    np.testing.assert_allclose(found["share"], other["share"], atol=tolerance)
    for grams, others in zip(found["grams"], other["grams"], strict=True):
        np.testing.assert_allclose(grams, others, atol=tolerance * np.abs(others).max())


@pytest.mark.parametrize("stream", [False, True])
def test_layers_overwritten_in_place_are_stored_as_they_arose(tmp_path, stream):
    examples, model = probe(40, stream=stream), network(inplace=True)
    found = contents(write(tmp_path / "store.h5", model, examples))
    outputs = layer_outputs(plain_copy(model), examples.images)
    assert len(found["names"]) == 18
    check(found, outputs, examples.batches)
    # Aliased, the batch-norm's Gram would be that of the block's output.
    bn, relu = found["names"].index("2.bn2"), found["names"].index("2.relu2")
    assert not np.allclose(found["grams"][0][bn], found["grams"][0][relu], rtol=1e-2)


def test_logits_are_those_of_the_network(tmp_path):
    examples, model = probe(), network()
    found = contents(write(tmp_path / "store.h5", model, examples))
    with torch.no_grad():
        expected = model(torch.from_numpy(examples.images)).numpy()
    np.testing.assert_allclose(found["logits"], expected, atol=1e-5)


@pytest.mark.parametrize("batch_norm", ["inference", "batch"])
def test_stream_equals_the_whole_set_at_once(tmp_path, batch_norm):
    whole = write(tmp_path / "whole.h5", count=70, batch_norm=batch_norm)
    streamed = write(tmp_path / "stream.h5", count=70, batch_norm=batch_norm, stream=True)
    same(contents(streamed), contents(whole), 2e-4)
    with ActivationStore(streamed) as store:
        facts = store.components_facts
    assert 2 <= facts["passes"] <= facts["most_passes"]
    assert facts["share_change"] <= facts["share_tolerance"]


def test_stream_takes_in_groups_of_layers_what_memory_forbids_at_once(tmp_path):
    examples, model = probe(40), network()
    whole = contents(write(tmp_path / "whole.h5", model, examples))
    write_activations(model, examples, tmp_path / "stream.h5", HEADER, memory=40_000)
    with ActivationStore(tmp_path / "stream.h5") as store:
        assert store.components_facts["method"].startswith("block power iteration")
    same(contents(tmp_path / "stream.h5"), whole, 2e-4)


def test_exact_beyond_memory_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(InputError, match="exact: 40 images at once need about"):
        write_activations(
            network(), probe(exact=True), tmp_path / "store.h5", HEADER, memory=40_000
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stream", [False, True])
def test_batch_mode_is_each_batch_alone_in_training_mode(tmp_path, stream):
    examples, model = probe(42, batch_norm="batch", stream=stream), network()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found = contents(write(tmp_path / "store.h5", model, examples))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    alone = plain_copy(model).train()
    outputs = [layer_outputs(alone, examples.images[a:b]) for a, b in examples.batches]
    together = {name: np.concatenate([part[name] for part in outputs]) for name in outputs[0]}
    check(found, together, examples.batches)


def test_batch_norm_modes_differ_and_are_recorded(tmp_path):
    """Fault F10 of the released code: batch normalisation silently in another mode."""
    stores = {mode: tmp_path / f"{mode}.h5" for mode in ("inference", "batch")}
    for mode, path in stores.items():
        write(path, batch_norm=mode)
        with ActivationStore(path) as store:
            assert store.batch_norm == mode
    found = {mode: contents(path) for mode, path in stores.items()}
    index = found["batch"]["names"].index("2.bn1")
    assert not np.allclose(
        found["batch"]["grams"][0][index], found["inference"]["grams"][0][index], rtol=1e-2
    )


def test_batch_mode_ends_with_the_model_as_it_was(tmp_path):
    model = network()
    with torch.no_grad():
        model.body[2].conv2.weight.fill_(torch.nan)
    with pytest.raises(InputError, match=r"layer 2\.conv2: its activations hold NaN"):
        write(tmp_path / "store.h5", model, batch_norm="batch")
    assert all("forward" not in vars(module) for module in model.modules())
    assert not any(module._forward_hooks for module in model.modules())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("count", "last"), [(33, (16, 33)), (34, (16, 34)), (35, (16, 35)), (36, (32, 36))]
)
@pytest.mark.parametrize("stream", [False, True])
def test_last_batch_of_one_to_three_is_merged(tmp_path, count, last, stream):
    examples, model = probe(count, stream=stream), network()
    with ActivationStore(write(tmp_path / "store.h5", model, examples)) as store:
        assert store.batches[-1] == last
        size = last[1] - last[0]
        assert store.gram(len(store.batches) - 1).shape == (18, size * (size - 1) // 2)
    check(
        contents(tmp_path / "store.h5"),
        layer_outputs(plain_copy(model), examples.images),
        examples.batches,
    )


@pytest.mark.parametrize("stream", [False, True])
def test_dead_layer_has_norm_zero_and_share_nan(tmp_path, stream):
    model = network()
    with torch.no_grad():
        model.body[2].bn1.bias.fill_(-1000)  # so the rectifier after it gives nothing
        model.body[2].conv2.weight.fill_(1.0)
    found = contents(write(tmp_path / "store.h5", model, stream=stream))
    dead = found["names"].index("2.relu1")
    assert (found["norms"][dead] == 0).all()
    assert (found["full"][dead] == 0).all()
    assert np.isnan(found["share"][dead]).all()
    assert all((grams[dead] == 0).all() for grams in found["grams"])
    constant = found["names"].index("2.bn2")
    assert (found["norms"][constant] > 0).all()
    assert np.isnan(found["share"][constant]).all()


def test_exact_gram_is_that_of_all_examples(tmp_path):
    examples, model = probe(exact=True), network()
    outputs = layer_outputs(plain_copy(model), examples.images)
    with ActivationStore(write(tmp_path / "store.h5", model, examples)) as store:
        assert store.has_exact
        grams = store.exact_gram()
        part = store.exact_gram(slice(10, 30))
        for row, layer in enumerate(store.layers):
            expected = defined_gram(outputs[layer.name])
            np.testing.assert_allclose(grams[row], expected, atol=2e-5 * np.abs(expected).max())
    np.testing.assert_array_equal(part, grams[:, 10:30])


@pytest.mark.parametrize("stream", [False, True])
def test_raw_activations_of_the_first_examples(tmp_path, stream):
    options = {"raw_layers": ("2.bn1", "5"), "raw_count": 20, "stream": stream}
    examples, model = probe(**options), network()
    outputs = layer_outputs(plain_copy(model), examples.images)
    with ActivationStore(write(tmp_path / "store.h5", model, examples)) as store:
        for name in ("2.bn1", "5"):
            raw = store.raw(name)
            assert raw.dtype == np.float16
            np.testing.assert_allclose(raw, outputs[name][:20], rtol=2e-3, atol=1e-3)
        with pytest.raises(InputError, match=r"no raw activations of layer '2\.bn2'"):
            store.raw("2.bn2")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("asked", [("block_outputs",), ("5", "block_outputs", "3.relu2", "5")])
def test_raw_activations_of_all_block_outputs(tmp_path, stream, asked):
    examples, model = probe(raw_layers=asked, stream=stream), network()
    for block in (model.body[2], model.body[3]):
        block.block_output = True
    outputs = layer_outputs(plain_copy(model), examples.images)
    with ActivationStore(write(tmp_path / "store.h5", model, examples)) as store:
        marked = [layer.name for layer in store.layers if layer.block_output]
        assert marked == ["2.relu2", "3.relu2"]
        for name in [*marked, *(name for name in asked if name == "5")]:
            np.testing.assert_allclose(store.raw(name), outputs[name], rtol=2e-3, atol=1e-3)
        with pytest.raises(InputError, match=r"no raw activations of layer '2\.bn2'"):
            store.raw("2.bn2")


def test_block_outputs_of_a_network_that_marks_none_are_refused(tmp_path):
    with pytest.raises(InputError, match="marks no layer as a block output"):
        write(tmp_path / "store.h5", raw_layers=("block_outputs",))
    assert list(tmp_path.iterdir()) == []


def test_raw_values_beyond_float16_are_refused(tmp_path):
    model = network()
    with torch.no_grad():
        model.body[2].bn1.bias.fill_(1e5)
    with pytest.raises(InputError, match=r"layer 2.bn1 exceed 65504"):
        write(tmp_path / "store.h5", model, raw_layers=("2.bn1",))
    assert list(tmp_path.iterdir()) == []


def test_unknown_raw_layer_names_the_nearest(tmp_path):
    with pytest.raises(InputError, match=r"no layer '2.bn3'; the nearest are .*2\.bn2"):
        write(tmp_path / "store.h5", raw_layers=("2.bn3",))


class Folded(nn.Module):
    """Its batch normalisation sees positions as rows, every one or every few of them."""

    def __init__(self, step):
        super().__init__()
        self.bn = nn.BatchNorm1d(3)
        self.linear = nn.Linear(3, 3)
        self.step = step

    def forward(self, x):
        rows = self.bn(x.permute(0, 2, 3, 1).reshape(-1, 3)[:: self.step])
        if self.step == 1:
            return self.linear(rows.reshape(len(x), -1, 3).amax(dim=1))
        return self.linear(rows.amax(dim=0)).expand(len(x), 3)


def test_batch_mode_with_positions_folded_into_rows(tmp_path):
    examples, model = probe(batch_norm="batch"), Model(Folded(1)).eval()
    found = contents(write(tmp_path / "store.h5", model, examples))
    alone = Model(Folded(1)).train()
    alone.load_state_dict(model.state_dict())
    with torch.no_grad():
        parts = [alone(torch.from_numpy(examples.images[a:b])) for a, b in examples.batches]
    np.testing.assert_allclose(found["logits"], torch.cat(parts).numpy(), atol=1e-5)


def test_batch_mode_where_rows_belong_to_no_example_is_refused(tmp_path):
    with pytest.raises(InputError, match="sees 214 rows for 40 examples"):
        write(tmp_path / "store.h5", Model(Folded(3)).eval(), batch_norm="batch")
