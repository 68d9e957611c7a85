import pytest
import torch
from torch import nn
from training_cases import tiny_dataset, tiny_run

from repatlas.errors import InputError
from repatlas.networks.model import Model
from repatlas.training.job import initial_model
from repatlas.training.optimiser import (
    build_optimiser,
    momentum,
    restore_momentum,
    set_learning_rate,
)
from repatlas.training.spec import TrainingSpec

SPEC = TrainingSpec(learning_rate=0.1, weight_decay=0.5)


def small_model() -> Model:
    return initial_model(tiny_run(), tiny_dataset())


def take_step(model: Model, optimiser: torch.optim.Optimizer) -> None:
    images = torch.arange(4 * 3 * 64).remainder(256).to(torch.uint8).view(4, 3, 8, 8)
    optimiser.zero_grad()
    nn.functional.cross_entropy(model(images), torch.tensor([0, 1, 2, 0])).backward()
    optimiser.step()


def test_biases_and_batch_norm_are_not_decayed() -> None:
    model = small_model()
    optimiser = build_optimiser(model, SPEC)

    decay = {p: group["weight_decay"] for group in optimiser.param_groups for p in group["params"]}

    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            kernel = isinstance(module, nn.Conv2d | nn.Linear) and name == "weight"
            assert decay[parameter] == (0.5 if kernel else 0.0)


def test_steps_follow_the_definition_of_sgd() -> None:
    model, reference = small_model(), small_model()
    optimiser = build_optimiser(model, SPEC)
    velocity = [torch.zeros_like(p) for p in reference.parameters()]

    for rate in (0.1, 0.05):
        set_learning_rate(optimiser, rate)
        take_step(model, optimiser)
        _nesterov_step(reference, velocity, rate)

    for ours, expected in zip(model.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-6)


def test_weight_decay_is_half_of_a_sum_of_squares_in_the_loss_f7() -> None:
    """F7: Keras's l2(w) adds w x the sum of squares to the loss, and is weight_decay 2w here."""
    w = 0.25
    weight = nn.Parameter(torch.arange(6.0).view(2, 3))
    optimiser = build_optimiser(
        nn.ParameterList([weight]),
        TrainingSpec(learning_rate=1, momentum=0, nesterov=False, weight_decay=2 * w),
    )
    keras = torch.arange(6.0).view(2, 3).requires_grad_()
    (keras.sum() + w * (keras**2).sum()).backward()

    weight.sum().backward()
    optimiser.step()

    torch.testing.assert_close(weight.detach(), keras.detach() - keras.grad)


def _nesterov_step(model: Model, velocity: list[torch.Tensor], rate: float) -> None:
    take_step(model, torch.optim.SGD(model.parameters(), lr=0.0))
    with torch.no_grad():
        for parameter, v in zip(model.parameters(), velocity, strict=True):
            decay = SPEC.weight_decay if parameter.dim() > 1 else 0.0
            gradient = parameter.grad + decay * parameter
            v.mul_(SPEC.momentum).add_(gradient)
            parameter -= rate * (gradient + SPEC.momentum * v)


def test_restored_momentum_goes_on_bit_for_bit() -> None:
    model = small_model()
    optimiser = build_optimiser(model, SPEC)
    take_step(model, optimiser)
    # As in a file: contiguous, whatever the layout of the parameters.
    kept = {
        name: buffer.clone().contiguous() for name, buffer in momentum(optimiser, model).items()
    }
    resumed = small_model()
    resumed.load_state_dict(model.state_dict())
    other = build_optimiser(resumed, SPEC)

    restore_momentum(other, resumed, kept)
    take_step(model, optimiser)
    take_step(resumed, other)

    assert len(kept) == len(list(model.parameters()))
    for ours, expected in zip(resumed.parameters(), model.parameters(), strict=True):
        assert torch.equal(ours, expected)


def test_a_parameter_of_any_layout_is_trained() -> None:
    weight = nn.Parameter(torch.arange(12.0).view(3, 4)[:, ::2])
    network = nn.ParameterList([weight])
    optimiser = build_optimiser(network, TrainingSpec(learning_rate=1, weight_decay=0))
    gradient = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    (weight * gradient).sum().backward()
    optimiser.step()

    start = torch.arange(12.0).view(3, 4)[:, ::2]
    torch.testing.assert_close(weight.detach(), start - 1.9 * gradient)


def test_frozen_parameters_stay_and_a_frozen_network_is_refused() -> None:
    model = small_model()
    first = next(model.parameters()).requires_grad_(False)
    before = first.clone()

    take_step(model, build_optimiser(model, SPEC))

    assert torch.equal(first, before)
    with pytest.raises(InputError, match="no trainable parameters"):
        build_optimiser(model.requires_grad_(False), SPEC)
