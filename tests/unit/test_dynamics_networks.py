import numpy as np
import pytest
import torch
from torch import nn

from repatlas.dynamics.layers import Convolution, Dense
from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import ACTIVATIONS, Networks
from repatlas.dynamics.pair_geometry import PairGeometry
from repatlas.dynamics.replicas import Replica, replicas_of
from repatlas.dynamics.spec import LearnerSpec

CPU = torch.device("cpu")
KINDS = ("mlp", "skip", "cnn", "dropout")
MODULES = {
    "leaky_relu": nn.LeakyReLU(),
    "relu": nn.ReLU(),
    "tanh": nn.Tanh(),
    "elu": nn.ELU(),
    "silu": nn.SiLU(),
    "none": nn.Identity(),
}


def learner(**given):
    small = {"width": 20, "depth": 4, "layer": 1, "learning_rate": 0.1, "steps": 10, "channels": 3}
    return LearnerSpec(**(small | {"kernel": 4} | given))


def networks(spec, replicas=2, inputs=3, outputs=2):
    return Networks(spec, inputs, outputs, replicas_of(0, replicas), CPU)


def inputs(replicas=2, count=5, size=3):
    return torch.from_numpy(
        np.random.default_rng(1).normal(size=(replicas, count, size)).astype(np.float32)
    )


def module_of(layer, replica):
    """The same layer, as torch has it."""
    if isinstance(layer, Dense):
        one = nn.Linear(*layer.weight.shape[1:])
        one.weight.data = layer.weight[replica].T
    else:
        kernel = layer.weight.shape[1] // layer.channels
        one = nn.Conv1d(layer.channels, layer.weight.shape[2], kernel)
        one.weight.data = layer.weight[replica].view(kernel, layer.channels, -1).permute(2, 1, 0)
    one.bias.data = layer.bias[replica, 0]
    return one


def plain_forward(batch, replica, values):
    """Hidden layers and outputs of one network, written down with torch's layers."""
    activation = MODULES[batch.spec.activation]
    hidden = []
    for layer in batch.layers[:-1]:
        module = module_of(layer, replica)
        if isinstance(layer, Convolution):
            maps = values.view(len(values), -1, layer.channels).transpose(1, 2)
            above = module(maps).transpose(1, 2).reshape(len(values), -1)
        else:
            above = module(values)
        values = activation(above)
        if batch.spec.kind == "skip" and len(hidden) > 1:
            values = values + hidden[-2]
        hidden.append(values)
    return hidden, module_of(batch.layers[-1], replica)(values)


@pytest.mark.parametrize("kind", KINDS)
def test_networks_compute_what_torch_layers_do(kind):
    batch, points = networks(learner(kind=kind)), inputs()
    for layer in batch.layers:
        layer.bias.data.normal_(generator=torch.Generator().manual_seed(0))
    hidden = batch.hidden(points)
    assert len(hidden) == batch.spec.hidden_layers == (6 if kind == "cnn" else 4)
    for replica in (0, 1):
        expected, outputs = plain_forward(batch, replica, points[replica])
        for found, wanted in zip(hidden, expected, strict=True):
            torch.testing.assert_close(found[replica], wanted, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(batch.outputs(points)[replica], outputs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_those_of_torch(name):
    values = torch.linspace(-3, 3, 25)
    torch.testing.assert_close(ACTIVATIONS[name](values), MODULES[name](values))


def test_weights_are_xavier_normal_times_the_gain():
    spec = learner(width=200, gain=0.7, depth=2)
    for layer in networks(spec).layers:
        expected = 0.7 * np.sqrt(2 / sum(layer.weight.shape[1:]))
        assert layer.weight.std().item() == pytest.approx(expected, rel=0.1)
        assert not layer.bias.any()


def test_convolutions_count_their_kernel_in_the_fans():
    layer = networks(learner(kind="cnn", channels=30, kernel=5, width=60)).layers[2]
    weight = nn.init.xavier_normal_(torch.empty(30, 30, 5))
    assert layer.weight.std().item() == pytest.approx(weight.std().item(), rel=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_a_replica_is_the_same_alone_and_beside_others(kind):
    spec = learner(kind=kind)
    together = networks(spec, replicas=3)
    alone = Networks(spec, 3, 2, [Replica(2)], CPU)
    for one, other in zip(alone.parameters, together.parameters, strict=True):
        assert torch.equal(one[0], other[2])


def test_replicas_differ_and_pairs_of_a_seed_share_a_start_where_asked():
    def first(replicas):
        return Networks(learner(), 3, 2, replicas, CPU).layers[0].weight

    own, shared = first(replicas_of(4, 2, 2)), first(replicas_of(4, 2, 2, shared_start=True))
    assert len({tuple(weight.flatten().tolist()) for weight in own}) == 4
    assert torch.equal(shared[0], shared[1])
    assert not torch.equal(shared[1], shared[2])
    assert torch.equal(own[0], shared[0])


def test_replicas_that_are_kept_do_not_change():
    batch = networks(learner(), replicas=3)
    before = batch.outputs(inputs(3))
    batch.keep(np.array([True, False, True]))
    torch.testing.assert_close(batch.outputs(inputs(3)[[0, 2]]), before[[0, 2]])


def geometry(spec, outputs=2):
    batch = networks(spec, outputs=outputs)
    targets = np.random.default_rng(2).normal(size=(2, 2, outputs))
    return PairGeometry.of(batch, Lessons.of(inputs(count=2), targets, CPU))


def test_distances_are_those_of_their_definitions():
    seen = geometry(learner(activation="tanh"))
    for replica in (0, 1):
        dy = seen.outputs[replica, 1] - seen.outputs[replica, 0]
        wanted = seen.pair.targets[replica, 1] - seen.pair.targets[replica, 0]
        dh = seen.hidden[2][replica, 1] - seen.hidden[2][replica, 0]
        error = (seen.outputs[replica] - seen.pair.targets[replica]).mean(dim=0)
        assert seen.hidden_squares[replica, 2].item() == pytest.approx(dh.dot(dh).item())
        assert seen.output_square[replica].item() == pytest.approx(dy.dot(dy).item())
        assert seen.misalignment[replica].item() == pytest.approx(dy.dot(dy - wanted).item())
        assert seen.mean_error[replica].item() == pytest.approx(error.dot(error).item())


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_curvature_and_slopes_are_those_of_the_map_above_each_layer(kind):
    seen = geometry(learner(kind=kind, activation="tanh", gain=1.5))
    curvature, squares = seen.curvature, seen.decoder_squares()
    batch = seen.networks

    def above(number, values):
        for later in range(number + 1, batch.spec.hidden_layers):
            values = batch.next_layer(later, values, None)
        return batch.readout(values)

    for number, layer in enumerate(seen.hidden):
        ends, middle = above(number, layer), layer.mean(dim=1, keepdim=True)
        even = (ends.mean(dim=1) - above(number, middle)[:, 0]).norm(dim=1)
        odd = (ends[:, 1] - ends[:, 0]).norm(dim=1) / 2
        torch.testing.assert_close(curvature[:, number], even / odd, rtol=1e-3, atol=1e-4)
        slopes = torch.autograd.functional.jacobian(lambda at, n=number: above(n, at), middle)
        expected = [slopes[one, :, :, one].square().sum() for one in (0, 1)]
        torch.testing.assert_close(squares[:, number], torch.stack(expected), rtol=1e-4, atol=1e-6)


def test_linear_networks_are_straight_and_skip_connections_too():
    for kind in ("mlp", "skip"):
        seen = geometry(learner(kind=kind, activation="none"))
        assert seen.curvature.max().item() < 1e-4


def test_slopes_of_a_linear_network_are_products_of_its_weights():
    seen = geometry(learner(activation="none"), outputs=1)
    weights = [layer.weight for layer in seen.networks.layers]
    product = weights[3] @ weights[4]
    expected = product.square().sum(dim=(1, 2))
    torch.testing.assert_close(seen.decoder_squares()[:, 2], expected, rtol=1e-4, atol=0)
