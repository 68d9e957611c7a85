import pytest
import torch
import torch.nn.functional as F
from torch import nn

from repatlas.networks.build import build_model
from repatlas.networks.layers import layer_table
from repatlas.networks.model import Model
from repatlas.networks.spec import NetworkSpec
from repatlas.units.receptive_field import Field, receptive_fields


def fields(model, side, kinds=("relu", "conv", "pool"), width=None):
    shape = (3, side, width or side)
    model.eval()
    maps = {
        layer.name: layer.shape
        for layer in layer_table(model, shape)
        if layer.kind in kinds and len(layer.shape) == 3
    }
    return receptive_fields(model, shape, maps)


def stack(*modules):
    torch.manual_seed(0)
    return Model(nn.Sequential(*modules))


def test_three_by_three_convolutions_add_a_pixel_on_each_side():
    model = stack(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(4)])
    assert list(fields(model, 12).values()) == [
        Field(3, 1, -1),
        Field(5, 1, -2),
        Field(7, 1, -3),
        Field(9, 1, -4),
    ]


@pytest.mark.parametrize("pool", [nn.MaxPool2d, nn.AvgPool2d])
def test_poolings_double_the_step(pool):
    model = stack(nn.Conv2d(3, 4, 3, padding=1), pool(2), nn.Conv2d(4, 4, 3, padding=1), pool(2))
    assert list(fields(model, 16).values()) == [
        Field(3, 1, -1),
        Field(4, 2, -1),
        Field(8, 2, -3),
        Field(10, 4, -3),
    ]


def test_strides_paddings_and_holes():
    model = stack(
        nn.Conv2d(3, 4, 5, stride=3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),
        nn.Conv2d(4, 4, 3, dilation=2),
    )
    assert list(fields(model, 40).values()) == [
        Field(5, 3, -1),
        Field(5, 3, -1),
        Field(11, 6, -4),
        Field(35, 6, -4),
    ]


def test_alexnet():
    # The fields of Caffe's reference network.
    spec = NetworkSpec(family="alexnet")
    found = fields(build_model(spec, 8, 1, 10, (3, 96, 96)), 96, ("relu",))
    assert list(found.values()) == [
        Field(11, 4, 0),
        Field(51, 8, -16),
        Field(99, 16, -32),
        Field(131, 16, -48),
        Field(163, 16, -64),
    ]


def test_a_residual_network_sees_what_its_widest_path_sees():
    found = fields(build_model(NetworkSpec(), 8, 1, 10, (3, 16, 16)), 16, ("relu",))
    assert list(found.values())[:4] == [
        Field(3, 1, -1),
        Field(5, 1, -2),
        Field(7, 1, -3),
        Field(9, 2, -4),
    ]


def test_dead_units_and_rectifiers_written_as_functions_hide_nothing():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = (nn.Conv2d(3, 3, 3, padding=1) for _ in range(2))
            self.relu = nn.ReLU()
            nn.init.constant_(self.first.bias, -100)

        def forward(self, x):
            return F.relu(self.second(self.relu(self.first(x))))

    assert list(fields(stack(Block(), nn.Conv2d(3, 8, 3)), 12, ("conv",)).values()) == [
        Field(3, 1, -1),
        Field(5, 1, -2),
        Field(7, 1, -2),
    ]


def test_a_normalisation_over_channels_hides_nothing():
    model = stack(nn.Conv2d(3, 4, 3), nn.Softmax(dim=1), nn.Conv2d(4, 2, 3))
    assert list(fields(model, 12, ("softmax", "conv")).values()) == [
        Field(3, 1, 0),
        Field(3, 1, 0),
        Field(5, 1, 0),
    ]


def test_the_longer_side_counts():
    model = stack(nn.Conv2d(3, 3, (1, 7), padding=(0, 3)), nn.Conv2d(3, 3, (3, 1), padding=(1, 0)))
    assert list(fields(model, 12).values()) == [Field(7, 1, -3), Field(7, 1, -3)]
    assert list(fields(model, 12, width=20).values()) == [Field(7, 1, -3), Field(7, 1, -3)]


def test_layers_that_cannot_be_measured_are_left_out():
    class OneSize(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 2, 3)

        def forward(self, x):
            if x.shape[-1] != 8:
                raise RuntimeError("8 x 8 only")
            return self.conv(x).flatten(1)

    assert fields(stack(OneSize()), 8) == {}
    assert receptive_fields(stack(OneSize()), (3, 8, 8), {}) == {}
    fixed = stack(nn.Conv2d(3, 2, 3), nn.AdaptiveAvgPool2d(4), nn.Conv2d(2, 2, 3))
    assert list(fields(fixed, 8)) == ["0"]
    wide = stack(nn.Conv2d(3, 2, 3), nn.Conv2d(2, 2, 31, padding=15))
    assert list(fields(wide, 8)) == ["0"]
    leaning = stack(nn.ZeroPad2d((30, 0, 30, 0)), nn.Conv2d(3, 2, 31))
    assert fields(leaning, 8) == {}


def test_nothing_of_the_network_changes():
    model = build_model(NetworkSpec(family="convnet"), 3, 1, 10, (3, 8, 8)).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    images = torch.rand(2, 3, 8, 8)
    logits = model(images)
    with torch.inference_mode():
        fields(model, 8)
    assert torch.equal(model(images), logits)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any("forward" in vars(module) for module in model.modules())
