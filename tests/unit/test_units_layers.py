import pytest
import torch

from repatlas.errors import InputError
from repatlas.networks.build import hollow_model
from repatlas.networks.layer_table import Layer
from repatlas.networks.layers import layer_table
from repatlas.networks.spec import NetworkSpec
from repatlas.units.layers import choose_layers, units_and_positions
from repatlas.units.rows import by_image, unit_rows
from repatlas.units.spec import UnitsSpec


def table(depth=4, width=1, side=16, **options):
    model = hollow_model(NetworkSpec(**options), depth, width, 10, (3, side, side))
    return layer_table(model, (3, side, side))


def layer(name, kind, *shape):
    return Layer(name, kind, 0, False, shape, 1)


def choose(*tables, **options):
    networks = [(f"network {number}", each) for number, each in enumerate(tables)]
    return choose_layers(networks, UnitsSpec(**options))


def test_rectifiers_are_called_after_the_operations_before_them():
    chosen = choose(table(8, side=64, family="alexnet"))
    assert [layer.title for layer in chosen] == [*(f"conv{n}" for n in range(1, 6)), "fc1", "fc2"]
    assert [layer.name for layer in chosen][:2] == ["stage1.conv1.relu", "stage2.conv2.relu"]
    assert [layer.units for layer in chosen][-2:] == [(4096,), (4096,)]
    assert chosen[0].positions == (14, 14)
    assert chosen[-1].positions == (1, 1)


def test_rectifiers_behind_an_addition_count_too():
    chosen = choose(table(8))
    assert [layer.title for layer in chosen] == [f"conv{n}" for n in range(1, 8)]
    assert chosen[2].name == "stage1.block1.relu2"


def test_a_rectifier_is_called_after_its_operation_whatever_its_shape():
    layers = [layer("a", "conv", 4, 2, 2), layer("b", "flatten", 16), layer("c", "relu", 16)]
    assert [found.title for found in choose(layers)] == ["conv1"]


def test_widths_may_differ():
    chosen = choose(table(family="convnet"), table(family="convnet", width=3))
    assert [layer.units for layer in chosen] == [(16, 48), (16, 48), (32, 96), (64, 192)]


def test_layers_are_taken_by_name_in_forward_order():
    chosen = choose(table(family="mlp"), layers=("stage1.hidden2.linear", "stage1.hidden1.relu"))
    assert [(layer.name, layer.title) for layer in chosen] == [
        ("stage1.hidden1.relu", "fc1"),
        ("stage1.hidden2.linear", "fc2"),
    ]


def test_without_rectifiers_operations_are_taken():
    layers = [layer("a", "conv", 4, 2, 2), layer("b", "bn", 4, 2, 2), layer("c", "linear", 5)]
    assert [(found.name, found.title) for found in choose(layers)] == [("a", "conv1"), ("c", "fc1")]


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([layer("a", "input", 3, 2, 2)], "network 0 has no rectifier, convolution or linear layer"),
        ([layer("a", "conv", 4, 2, 2, 2)], "layer a: its output for an image is 4x2x2x2, which"),
        ([layer("a", "linear")], "layer a: its output for an image is a single number, which"),
    ],
)
def test_layers_without_units_are_refused(layers, message):
    with pytest.raises(InputError, match=message):
        choose(layers)


def test_unknown_names_are_told_with_the_nearest():
    with pytest.raises(
        InputError, match=r"units, layers: the network has no layer 'linaer'.*linear"
    ):
        choose(table(family="mlp"), layers=("linaer",))


def test_networks_that_are_not_of_one_kind_are_refused():
    with pytest.raises(InputError, match="network 0 and network 1 have different layers"):
        choose(table(4, family="convnet"), table(5, family="convnet"))
    with pytest.raises(
        InputError,
        match=r"layer stage1\.block1\.relu has maps of 16 x 16 in network 0 and of 8 x 8 in",
    ):
        choose(table(family="convnet"), table(family="convnet", side=8))


def test_units_and_positions_of_maps_features_and_tokens():
    assert units_and_positions("a", (7, 2, 3)) == (7, (2, 3))
    assert units_and_positions("a", (5, 7)) == (7, (5, 1))
    assert units_and_positions("a", (7,)) == (7, (1, 1))


@pytest.mark.parametrize("memory", [torch.contiguous_format, torch.channels_last])
def test_maps_become_rows_image_by_image_and_row_by_row(memory):
    output = torch.arange(2 * 3 * 4 * 5.0).view(2, 3, 4, 5).contiguous(memory_format=memory)
    rows = unit_rows(output, "a")
    expected = [
        output[image, :, row, column].tolist()
        for image in range(2)
        for row in range(4)
        for column in range(5)
    ]
    assert rows.tolist() == expected
    assert rows.is_contiguous()
    assert torch.equal(by_image(rows, 2)[1, 7], output[1, :, 1, 2])


@pytest.mark.parametrize("shape", [(2, 3, 1, 1), (2, 3, 4, 4), (2, 3), (2, 5, 3)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_rows_are_float32_and_not_the_networks_own_memory(shape, dtype):
    output = torch.ones(shape, dtype=dtype)
    for own in (output, output.clone().transpose(0, -1).contiguous().transpose(0, -1)):
        rows = unit_rows(own, "a")
        own.zero_()
        assert rows.dtype == torch.float32
        assert rows.shape[1] == (shape[1] if len(shape) in (2, 4) else shape[2])
        assert (rows == 1).all()


def test_tokens_become_rows_in_their_order():
    output = torch.rand(2, 5, 3)
    assert torch.equal(unit_rows(output, "a"), output.flatten(0, 1))


def test_outputs_without_units_have_no_rows():
    with pytest.raises(InputError, match="layer a: its output for an image is 1x2x2x2"):
        unit_rows(torch.zeros(3, 1, 2, 2, 2), "a")
