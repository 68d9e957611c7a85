import pytest
import torch
from experiment_cases import random_network
from store_runs import run_spec
from torch import nn

from repatlas.errors import InputError
from repatlas.experiments.passes import Step, apply, first_step, replaced, steps_of
from repatlas.networks.layers import capture, layer_table
from repatlas.networks.model import Model

IMAGES = torch.randint(0, 256, (5, 3, 8, 8), dtype=torch.uint8)


@pytest.mark.parametrize(
    ("family", "parts"),
    [
        # input; conv, bn, relu; three blocks; pool, flatten, linear
        ({}, 10),
        ({"residual": False}, 10),
        ({"family": "shake_shake"}, 11),
        ({"family": "convnet", "depth": 3}, None),
        ({"family": "mlp", "depth": 3}, None),
    ],
)
def test_steps_make_up_the_network(family, parts):
    model = random_network(run_spec(**family))
    steps = steps_of(model)
    with torch.no_grad():
        assert torch.equal(apply(steps, IMAGES), model(IMAGES))
    assert parts in (None, len(steps))
    assert len(steps) > 4


def test_steps_hold_the_layers_that_run_in_them():
    model = random_network(run_spec())
    steps = steps_of(model)
    layers = layer_table(model, (3, 8, 8))
    places = [first_step(steps, layer.name) for layer in layers]
    assert places == sorted(places)
    assert set(places) == set(range(len(steps)))
    assert Step("stage1.block1", nn.ReLU()).holds("stage1.block1.relu2")
    assert Step("stage1.block1", nn.ReLU()).holds("stage1.block1#2")
    assert not Step("stage1.block1", nn.ReLU()).holds("stage1.block10.relu2")


def test_a_network_of_one_module_is_one_step():
    class Mean(nn.Module):
        def forward(self, x):
            return x.mean((2, 3))

    model = Model(Mean())
    assert [step.path for step in steps_of(model)] == ["input", "body"]
    assert torch.equal(apply(steps_of(model), IMAGES), model(IMAGES))


def test_a_pass_from_the_middle_leaves_what_it_is_given():
    x = torch.tensor([[-1.0, 2.0]])
    result = apply([Step("relu", nn.ReLU(inplace=True))], x)
    assert result.tolist() == [[0, 2]]
    assert x.tolist() == [[-1, 2]]


@pytest.mark.parametrize("name", ["1", "1#2"])
def test_only_the_named_use_of_a_module_is_replaced_and_no_hook_stays(name):
    relu = nn.ReLU()
    model = Model(nn.Sequential(nn.Flatten(), relu, nn.Linear(192, 4), relu))
    varies = {}
    with (
        torch.no_grad(),
        replaced(model, {name: torch.zeros_like}),
        capture(model, lambda _, layer, output: varies.update({layer: bool(output.any())})),
    ):
        nn.init.ones_(model.body[2].bias)
        model(IMAGES)
    assert varies == {"input": True, "0": True, "2": True, "1": True, "1#2": True, name: False}
    assert not any(module._forward_hooks for module in model.modules())


def test_a_layer_of_several_tensors_is_refused():
    class Pair(nn.Module):
        def forward(self, x):
            return x, x

    class First(nn.Module):
        def __init__(self):
            super().__init__()
            self.pair = Pair()

        def forward(self, x):
            return self.pair(x)[0]

    with (
        replaced(model := Model(First()), {"pair": torch.zeros_like}),
        pytest.raises(InputError, match="layer pair: its output is not one tensor"),
    ):
        model(IMAGES)
