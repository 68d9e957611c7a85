import copy
import types

import pytest
import torch
from torch import nn

from repatlas.networks.build import build_model
from repatlas.networks.layers import capture, layer_table
from repatlas.networks.model import Model
from repatlas.networks.spec import NetworkSpec


def table(depth=14, side=8, **options):
    model = build_model(NetworkSpec(**options), depth, 1, 10, (3, side, side))
    return layer_table(model, (3, side, side))


def captured(model, images):
    """Copies made inside the hook, by layer name."""
    found = {}
    with capture(model, lambda index, name, output: found.update({name: output.clone()})):
        model(images)
    return found


@pytest.mark.parametrize(("depth", "total"), [(14, 51), (20, 72), (56, 198)])
def test_number_of_layers_is_the_papers(depth, total):
    layers = table(depth)
    assert len(layers) == total == 7 * (depth - 2) // 2 + 9
    assert sum(layer.block_output for layer in layers) == (depth - 2) // 2 + 1


def test_without_skip_connections_additions_and_shortcuts_are_missing():
    layers = table(20, residual=False)
    assert len(layers) == 72 - 9 - 2
    assert not any(layer.kind == "add" or "shortcut" in layer.name for layer in layers)
    assert sum(layer.block_output for layer in layers) == 10


def test_shortcut_batch_norm_is_two_layers_more():
    assert len(table(20, shortcut_batch_norm=True)) == 74


def test_order_kinds_and_shapes_of_a_resnet():
    layers = table(8, side=16)
    kinds = [layer.kind for layer in layers]
    block = ["conv", "bn", "relu", "conv", "bn", "add", "relu"]
    wider = ["conv", "bn", "relu", "conv", "bn", "conv", "add", "relu"]
    ends = ["pool", "flatten", "linear"]
    assert kinds == ["input", "conv", "bn", "relu", *block, *wider, *wider, *ends]
    assert [layer.stage for layer in layers] == [0] + [1] * 10 + [2] * 8 + [3] * 8 + [0] * 3
    outputs = [layer for layer in layers if layer.block_output]
    assert [layer.name for layer in outputs] == [
        "stem.relu",
        "stage1.block1.relu2",
        "stage2.block1.relu2",
        "stage3.block1.relu2",
    ]
    assert [layer.shape for layer in outputs] == [
        (16, 16, 16),
        (16, 16, 16),
        (32, 8, 8),
        (64, 4, 4),
    ]
    assert [layer.features for layer in outputs] == [4096, 4096, 2048, 1024]
    assert (layers[0].name, layers[0].shape) == ("input", (3, 16, 16))
    assert (layers[-1].name, layers[-1].shape) == ("linear", (10,))
    assert len({layer.name for layer in layers}) == len(layers)


@pytest.mark.parametrize(
    ("family", "depth", "outputs"), [("convnet", 5, 5), ("mlp", 3, 3), ("shake_shake", 14, 7)]
)
def test_every_family_marks_its_block_outputs(family, depth, outputs):
    assert sum(layer.block_output for layer in table(depth, family=family)) == outputs


def test_listing_changes_nothing():
    model = build_model(NetworkSpec(), 8, 1, 10, (3, 8, 8)).train()
    model.body.stem.bn.eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    layer_table(model, (3, 8, 8))
    assert model.training
    assert model.body.stage1.training
    assert not model.body.stem.bn.training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_capture_follows_the_table_in_every_pass():
    model = build_model(NetworkSpec(family="shake_shake"), 8, 1, 10, (3, 8, 8))
    layers, seen = layer_table(model, (3, 8, 8)), []
    with capture(model, lambda *layer: seen.append(layer)):
        model(torch.rand(6, 3, 8, 8))
        model(torch.rand(2, 3, 8, 8))
    assert [layer[0] for layer in seen] == [*range(len(layers))] * 2
    assert [layer[1] for layer in seen] == [layer.name for layer in layers] * 2
    assert [tuple(layer[2].shape) for layer in seen[len(layers) :]] == [
        (2, *layer.shape) for layer in layers
    ]


def test_capture_sees_what_the_modules_compute():
    model = build_model(NetworkSpec(), 8, 1, 10, (3, 8, 8)).eval()
    images = torch.rand(2, 3, 8, 8)
    found = captured(model, images)
    stem = model.body.stem
    torch.testing.assert_close(found["stem.conv"], stem.conv(model.input(images)))
    torch.testing.assert_close(found["stem.bn"], stem.bn(found["stem.conv"]))
    torch.testing.assert_close(
        found["stage2.block1.add"],
        found["stage2.block1.bn2"] + found["stage2.block1.shortcut"],
    )
    assert torch.equal(found["linear"], model(images))


def test_hooks_are_removed_when_the_callback_fails():
    model = build_model(NetworkSpec(family="mlp"), 1, 1, 10, (3, 8, 8))

    def fail(index, name, output):
        raise RuntimeError("full disk")

    with pytest.raises(RuntimeError, match="full disk"), capture(model, fail):
        model(torch.rand(2, 3, 8, 8))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_a_failed_pass_does_not_spoil_the_next():
    model, names = build_model(NetworkSpec(family="mlp"), 1, 1, 10, (3, 8, 8)), []
    with capture(model, lambda index, name, output: names.append(name)):
        with pytest.raises(RuntimeError):
            model(torch.rand(2, 3, 9, 9))
        names.clear()
        model(torch.rand(2, 3, 8, 8))
    assert names == [layer.name for layer in layer_table(model, (3, 8, 8))]


def add_in_place_nowhere(model):
    """Copy of a torchvision ResNet without in-place operations."""

    def forward(block, x):
        out = block.bn2(block.conv2(block.relu(block.bn1(block.conv1(x)))))
        return block.relu(out + (x if block.downsample is None else block.downsample(x)))

    clean = copy.deepcopy(model)
    for module in clean.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
        if type(module).__name__ == "BasicBlock":
            module.forward = types.MethodType(forward, module)
    return clean


def test_in_place_operations_do_not_reach_what_the_callback_sees():
    spec = NetworkSpec.model_validate({"import": "torchvision:resnet18"})
    model = build_model(spec, 0, 0, 10, (3, 32, 32)).eval()
    images = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    right, found, kept = captured(add_in_place_nowhere(model), images), captured(model, images), {}
    with capture(model, lambda index, name, output: kept.update({name: output})):
        model(images)
    assert list(found) == list(right)
    assert all(torch.equal(found[name], right[name]) for name in right)
    # The same network does overwrite what is only referred to: the test could have failed.
    assert torch.equal(kept["bn1"], kept["relu"])
    assert not torch.equal(kept["layer1.0.bn2"], right["layer1.0.bn2"])


def test_torchvision_resnet_has_stages_and_block_outputs():
    spec = NetworkSpec.model_validate({"import": "torchvision:resnet18"})
    layers = layer_table(build_model(spec, 0, 0, 10, (3, 32, 32)), (3, 32, 32))
    outputs = [layer.name for layer in layers if layer.block_output]
    assert len(layers) == 61
    assert outputs[:3] == ["relu", "layer1.0.relu#2", "layer1.1.relu#2"]
    assert len(outputs) == 9
    assert [layer.stage for layer in layers if layer.block_output] == [1, 1, 1, 2, 2, 3, 3, 4, 4]


class Odd(nn.Module):
    """Modules used twice, tuples, dicts, outputs that are no activations, a module unused."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.lstm = nn.LSTM(4, 4, batch_first=True)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.scalar = Returns(lambda x: x.sum())
        self.turned = Returns(lambda x: x.T)
        self.ranks = Returns(lambda x: x.argsort(dim=1))
        self.nothing = Returns(lambda x: None)
        self.table = Returns(lambda x: {"name": "x", "value": x, "other": -x})
        self.unused = nn.Linear(4, 4)
        self.nothing.block_output = self.table.block_output = True

    def forward(self, x):
        x = self.linear(self.linear(x.mean(dim=(1, 3))[:, :4]))
        for module in (self.scalar, self.turned, self.ranks, self.nothing, self.table):
            module(x)
        rows = self.lstm(x[:, None, :])[0]
        return self.linear(self.attention(rows, rows, rows)[0][:, 0])


class Returns(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def test_odd_modules():
    layers = layer_table(Model(Odd()), (3, 4, 4))
    assert [(layer.name, layer.kind, layer.shape) for layer in layers] == [
        ("input", "input", (3, 4, 4)),
        ("linear", "linear", (4,)),
        ("linear#2", "linear", (4,)),
        ("table", "returns", (4,)),
        ("lstm", "lstm", (1, 4)),
        ("attention", "multiheadattention", (1, 4)),
        ("linear#3", "linear", (4,)),
    ]
    assert [layer.name for layer in layers if layer.block_output] == ["table"]


def test_a_body_of_one_module_is_a_layer():
    layers = layer_table(Model(nn.Flatten()), (3, 2, 2))
    assert [(layer.name, layer.kind) for layer in layers] == [
        ("input", "input"),
        ("body", "flatten"),
    ]
