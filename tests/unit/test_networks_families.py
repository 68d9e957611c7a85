import pytest
import torch
from torch import nn

from repatlas.errors import InputError
from repatlas.networks.build import build_model, hollow_model
from repatlas.networks.layers import layer_table
from repatlas.networks.spec import NetworkSpec

FAMILIES = {
    "resnet": (NetworkSpec(), 14),
    "no_residual": (NetworkSpec(residual=False), 14),
    "shortcut_batch_norm": (NetworkSpec(shortcut_batch_norm=True), 14),
    "shake_shake": (NetworkSpec(family="shake_shake"), 14),
    "shake_shake_batch_norm": (NetworkSpec(family="shake_shake", shortcut_batch_norm=True), 8),
    "convnet": (NetworkSpec(family="convnet"), 5),
    "mlp": (NetworkSpec(family="mlp"), 3),
}


def build(name, side=8, **changes):
    spec, depth = FAMILIES[name]
    settings = {"depth": depth, "width": 1, "classes": 10, "seed": 0} | changes
    return build_model(spec, input_shape=(3, side, side), **settings)


def parameter_count(model):
    return sum(parameter.numel() for parameter in model.parameters())


def flat(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("side", [8, 12, 16, 32])
def test_logits_and_gradients_at_any_side(name, side):
    model = build(name, side, classes=7, width=2)
    images = torch.randint(0, 256, (3, 3, side, side), dtype=torch.uint8)
    logits = model(images)
    assert logits.shape == (3, 7)
    logits.square().sum().backward()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    assert all(torch.isfinite(parameter.grad).all() for parameter in trained)
    assert any(parameter.grad.abs().sum() > 0 for parameter in trained)


@pytest.mark.parametrize("name", FAMILIES)
def test_seed_alone_decides_the_weights(name):
    torch.manual_seed(1)
    first = flat(build(name))
    state = torch.get_rng_state()
    second = flat(build(name))
    assert torch.equal(first, second)
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(first, flat(build(name, seed=1)))


@pytest.mark.parametrize("name", FAMILIES)
def test_own_networks_are_channels_last(name):
    model = build(name)
    for parameter in model.parameters():
        if parameter.dim() == 4:
            assert parameter.is_contiguous(memory_format=torch.channels_last)
    images = torch.zeros(2, 3, 8, 8, dtype=torch.uint8)
    assert model.input(images).is_contiguous(memory_format=torch.channels_last)


def resnet_parameters(depth, width, classes):
    """Counted by hand: convolutions without bias, two parameters a channel of batch-norm."""
    n, channels = (depth - 2) // 6, [16 * width, 32 * width, 64 * width]
    total = 3 * 9 * channels[0] + 2 * channels[0]
    inputs = channels[0]
    for outputs in channels:
        total += 9 * inputs * outputs + (2 * n - 1) * 9 * outputs**2 + 2 * n * 2 * outputs
        total += inputs * outputs if inputs != outputs else 0
        inputs = outputs
    return total + (inputs + 1) * classes


@pytest.mark.parametrize(("depth", "width"), [(8, 1), (14, 1), (20, 1), (20, 4), (56, 1)])
def test_resnet_parameters(depth, width):
    assert parameter_count(build("resnet", depth=depth, width=width)) == resnet_parameters(
        depth, width, 10
    )


def test_resnet_20_has_270_thousand_parameters():
    # 464 stem + 14,016 + 51,584 + 205,568 stages + 650 classifier
    assert parameter_count(build("resnet", depth=20)) == 272_282


def test_variants_of_the_resnet_differ_by_their_shortcuts_only():
    count = parameter_count(build("resnet"))
    assert count - parameter_count(build("no_residual")) == 16 * 32 + 32 * 64
    assert parameter_count(build("shortcut_batch_norm")) - count == 2 * 32 + 2 * 64


def test_residual_block_adds_its_input():
    block = build("resnet").body.stage1.block1.eval()
    nn.init.zeros_(block.conv2.weight)
    x = torch.rand(2, 16, 8, 8)
    assert torch.equal(block(x), x)


def test_plain_block_does_not():
    block = build("no_residual").body.stage1.block1.eval()
    nn.init.zeros_(block.conv2.weight)
    assert not block(torch.rand(2, 16, 8, 8)).any()


def test_shortcut_is_a_plain_strided_1x1_convolution():
    model = build("resnet")
    shortcuts = [module for name, module in model.named_modules() if name.endswith("shortcut")]
    assert len(shortcuts) == 2
    for conv in shortcuts:
        assert isinstance(conv, nn.Conv2d)
        assert (conv.kernel_size, conv.stride, conv.bias) == ((1, 1), (2, 2), None)


def test_weights_are_he_normal_and_cut_at_two_standard_deviations():
    weight = build("resnet", width=4).body.stage3.block2.conv1.weight
    expected = (2 / (9 * 256)) ** 0.5
    assert weight.std().item() == pytest.approx(expected, rel=0.01)
    assert abs(weight.mean().item()) < 0.01 * expected
    assert weight.abs().max().item() == pytest.approx(2 * expected / 0.8796, rel=0.01)


def test_biases_begin_at_zero():
    assert not build("resnet").body.linear.bias.any()


@pytest.mark.parametrize("depth", range(1, 9))
def test_convnet_depth_counts_convolutions(depth):
    model = build("convnet", depth=depth)
    convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    assert len(convolutions) == depth
    assert [conv.out_channels for conv in convolutions] == sorted(
        conv.out_channels for conv in convolutions
    )


def test_mlp_depth_counts_hidden_layers_of_64_units_a_width():
    sizes = [
        (module.in_features, module.out_features)
        for module in build("mlp", side=8, depth=2, width=3).modules()
        if isinstance(module, nn.Linear)
    ]
    assert sizes == [(192, 192), (192, 192), (192, 10)]


def hollow_alexnet(side, width=1):
    return hollow_model(NetworkSpec(family="alexnet"), 8, width, 1000, (3, side, side))


def alexnet_shapes(side, kinds, width=1):
    layers = layer_table(hollow_alexnet(side, width), (3, side, side))
    return [layer.shape for layer in layers if layer.kind in kinds]


def test_alexnet_has_the_units_of_the_paper():
    assert alexnet_shapes(227, ("relu",)) == [
        (96, 55, 55),
        (256, 27, 27),
        (384, 13, 13),
        (384, 13, 13),
        (256, 13, 13),
        (4096,),
        (4096,),
    ]
    assert alexnet_shapes(64, ("relu",), width=2)[::6] == [(192, 14, 14), (8192,)]


@pytest.mark.parametrize(
    ("side", "maps"),
    [(227, (55, 27, 13, 6)), (224, (54, 27, 13, 6)), (96, (22, 11, 5, 2)), (64, (14, 7, 3, 1))],
)
def test_alexnet_takes_images_of_any_size_from_64(side, maps):
    first, *pooled = maps
    assert alexnet_shapes(side, ("conv",))[0] == (96, first, first)
    assert alexnet_shapes(side, ("pool",)) == [
        (count, side, side) for count, side in zip((96, 256, 256), pooled, strict=True)
    ]


def test_alexnet_connects_every_channel_to_every_channel():
    model = hollow_alexnet(227)
    convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    assert [conv.groups for conv in convolutions] == [1] * 5
    # AlexNet has 60,965,224 with groups of two in its second, fourth and fifth convolutions.
    grouped = 48 * 256 * 25 + 192 * 384 * 9 + 192 * 256 * 9
    assert parameter_count(model) == 60_965_224 + grouped


def test_alexnet_normalises_after_pooling():
    kinds = [layer.kind for layer in layer_table(hollow_alexnet(64), (3, 64, 64))]
    first = ["conv", "relu", "pool", "localresponsenorm"]
    last = ["conv", "relu", "pool"]
    hidden = ["linear", "relu", "dropout"]
    assert kinds == [
        "input",
        *first * 2,
        *last[:2] * 2,
        *last,
        "flatten",
        *hidden * 2,
        "linear",
    ]


def test_alexnet_is_seeded_and_learns_all_its_weights():
    spec = NetworkSpec(family="alexnet")
    torch.manual_seed(1)
    state = torch.get_rng_state()
    model = build_model(spec, 8, 1, 5, (3, 64, 64), seed=2)
    assert torch.equal(torch.get_rng_state(), state)
    weight = model.body.stage1.conv1.conv.weight
    torch.manual_seed(2)
    assert torch.equal(
        build_model(spec, 8, 1, 5, (3, 64, 64), seed=2).body.fc7.linear.weight,
        (model.body.fc7.linear.weight),
    )
    assert weight.is_contiguous(memory_format=torch.channels_last)
    model(torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in model.parameters())


def test_alexnet_refuses_images_that_are_too_small():
    with pytest.raises(InputError, match=r"images of 32x32: an alexnet needs 64x64 or more"):
        build_model(NetworkSpec(family="alexnet"), 8, 1, 10, (3, 32, 32))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_input_is_standardised(dtype):
    model = build_model(FAMILIES["mlp"][0], 1, 1, 10, (3, 4, 4), mean=(0.5, 0.2, 0), sd=(0.1, 2, 1))
    pixels = torch.full((1, 3, 4, 4), 255 if dtype == torch.uint8 else 1, dtype=dtype)
    out = model.input(pixels)
    assert out.dtype == torch.float32
    torch.testing.assert_close(out[0, :, 0, 0], torch.tensor([5, 0.4, 1]))
