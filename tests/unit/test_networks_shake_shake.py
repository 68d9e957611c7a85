import copy

import pytest
import torch

from repatlas.networks.build import build_model
from repatlas.networks.shake_shake import Shake, Shift, seed_noise
from repatlas.networks.spec import NetworkSpec

IMAGES = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def network(seed=0):
    return build_model(NetworkSpec(family="shake_shake"), 8, 1, 10, (3, 8, 8), seed=seed)


def weights(shake, examples=1000):
    """Forward and backward weight of the first branch for each example."""
    first = torch.ones(examples, 1, 1, 1, requires_grad=True)
    second = torch.zeros(examples, 1, 1, 1, requires_grad=True)
    out = shake(first, second)
    out.sum().backward()
    torch.testing.assert_close(first.grad + second.grad, torch.ones_like(first))
    return out.detach().flatten(), first.grad.flatten()


def test_forward_and_backward_weights_are_drawn_for_each_image_and_apart():
    forward, backward = weights(Shake())
    assert ((forward > 0) & (forward < 1)).all()
    assert len(forward.unique()) > 990
    assert len(backward.unique()) > 990
    assert abs(torch.corrcoef(torch.stack([forward, backward]))[0, 1]) < 0.1


def test_weights_are_ratios_of_uniform_numbers():
    # P(r1 / (r1 + r2) < t) = t / (2 (1 - t)) for t <= 1/2; a uniform weight would give t.
    forward, backward = weights(Shake(), 20_000)
    for weight in (forward, backward):
        assert weight.mean().item() == pytest.approx(0.5, abs=0.01)
        assert (weight < 0.2).float().mean().item() == pytest.approx(0.125, abs=0.01)


def test_one_weight_for_all_of_an_image():
    out = Shake()(torch.ones(3, 4, 5, 5), torch.zeros(3, 4, 5, 5))
    assert all(len(image.unique()) == 1 for image in out)


def test_evaluation_takes_the_mean():
    first, second = torch.rand(2, 3, 4, 5, 5, requires_grad=True).unbind()
    out = Shake().eval()(first, second)
    assert torch.equal(out, (first + second) / 2)
    gradient = torch.autograd.grad(out.sum(), first)[0]
    assert torch.equal(gradient, torch.full_like(first, 0.5))


def test_noise_repeats_by_its_seed_alone():
    model = network().train()
    outputs = []
    for seed in (5, 5, 6):
        seed_noise(model, seed)
        torch.rand(3)
        outputs.append(model(IMAGES).detach())
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])
    assert not torch.equal(model(IMAGES), outputs[2])


def test_blocks_have_noise_of_their_own():
    model = network()
    drawn = [weights(module)[0] for module in model.modules() if isinstance(module, Shake)]
    assert len(drawn) == 3
    assert not torch.equal(drawn[0], drawn[1])


def test_training_leaves_the_global_generator_alone():
    model, state = network().train(), torch.get_rng_state()
    model(IMAGES).sum().backward()
    assert torch.equal(torch.get_rng_state(), state)


def test_batch_norm_of_the_branches_has_no_scale_to_learn():
    block = network().body.stage1.block1
    frozen = {name for name, value in block.named_parameters() if not value.requires_grad}
    assert frozen == {f"branch{i}.bn{j}.weight" for i in (1, 2) for j in (1, 2)}


def test_shift_moves_by_one_pixel():
    x = torch.arange(1.0, 10).view(1, 1, 3, 3)
    assert Shift()(x)[0, 0].tolist() == [[5, 6, 0], [8, 9, 0], [0, 0, 0]]


def test_projection_sees_all_of_a_shifted_diagonal():
    projection = network().body.stage2.block1.shortcut
    x = torch.rand(1, 16, 8, 8)
    out = projection(x)
    weights1, weights2 = projection.conv1.weight[:, :, 0, 0], projection.conv2.weight[:, :, 0, 0]
    torch.testing.assert_close(out[0, :16, 1, 2], weights1 @ x[0, :, 2, 4])
    torch.testing.assert_close(out[0, 16:, 1, 2], weights2 @ x[0, :, 3, 5])


def test_network_can_be_copied_after_training():
    model = network().train()
    model(IMAGES)
    assert torch.equal(copy.deepcopy(model).eval()(IMAGES), model.eval()(IMAGES))
