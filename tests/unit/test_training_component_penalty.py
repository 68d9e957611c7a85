from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from training_cases import history, tiny_dataset, tiny_run, train_in

from repatlas.errors import InputError
from repatlas.networks.layers import capture, layer_table
from repatlas.networks.model import Model
from repatlas.training.component_penalty import (
    ComponentRegulariser,
    component_regulariser,
    first_share,
)
from repatlas.training.epoch import Trainer
from repatlas.training.evaluate import evaluate
from repatlas.training.examples import examples_of
from repatlas.training.job import initial_model
from repatlas.training.precision import mixed_precision
from repatlas.training.spec import ComponentPenalty

SHAPE = (3, 8, 8)
IMAGES = torch.rand(12, *SHAPE, generator=torch.Generator().manual_seed(0))


def defined_share(features: Tensor, vector: Tensor) -> tuple[Tensor, Tensor]:
    """The share and the next vector, as the paper writes them."""
    X = features - features.mean(0)
    v = X.T @ X @ vector.detach()
    size = v.norm()
    return size / (X**2).sum(), v / size


def random_case(count: int, width: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Rectified features with a strong first component, and a unit vector."""
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(count, width, generator=generator)
    features += (
        2 * torch.randn(count, 1, generator=generator) * torch.rand(width, generator=generator)
    )
    vector = torch.randn(width, generator=generator)
    return features.relu(), vector / vector.norm()


def tiny_model() -> Model:
    return initial_model(tiny_run(), tiny_dataset())


def regulariser(model: Model, **values: float) -> ComponentRegulariser:
    spec = ComponentPenalty(**{"strength": 1.0, **values})
    made = component_regulariser(model, spec, SHAPE, 5)
    assert made is not None
    return made


@given(count=st.integers(2, 30), width=st.integers(2, 40), seed=st.integers(0, 9))
@settings(deadline=None)
def test_share_and_gradient_are_those_of_the_definition(count: int, width: int, seed: int) -> None:
    features, vector = random_case(count, width, seed)
    features[0, 0] += 1
    features.requires_grad_()
    exact = features.detach().double().requires_grad_()

    share, direction = first_share(features, vector)
    expected, expected_direction = defined_share(exact, vector.double())
    (3 * share).backward()
    (3 * expected).backward()

    assert share.item() == pytest.approx(expected.item(), rel=1e-4)
    torch.testing.assert_close(direction.double(), expected_direction, rtol=1e-3, atol=1e-5)
    scale = exact.grad.abs().max().item()
    torch.testing.assert_close(features.grad.double(), exact.grad, rtol=0, atol=1e-4 * scale + 1e-7)


def test_the_vector_is_a_constant_to_the_gradient() -> None:
    features, vector = random_case(10, 6)
    features.requires_grad_()
    vector.requires_grad_()

    _, second = first_share(features, vector)
    share, _ = first_share(features, second)
    share.backward()

    assert not second.requires_grad
    assert vector.grad is None
    exact = features.detach().double().requires_grad_()
    defined_share(exact, second.double())[0].backward()
    torch.testing.assert_close(features.grad.double(), exact.grad, rtol=1e-3, atol=1e-7)


def test_power_iteration_finds_the_share_of_the_first_component() -> None:
    features, vector = random_case(20, 50)
    shares = []

    for _ in range(60):
        share, vector = first_share(features, vector)
        shares.append(share.item())

    _, values, components = torch.linalg.svd(features.double() - features.double().mean(0))
    assert shares[-1] == pytest.approx((values[0] ** 2 / (values**2).sum()).item(), rel=1e-5)
    assert abs((components[0] @ vector.double()).item()) == pytest.approx(1, abs=1e-5)
    assert shares == pytest.approx(sorted(shares), rel=1e-5)


@pytest.mark.parametrize(
    "features",
    [torch.zeros(5, 4), torch.full((5, 4), 3.7), 1000 + 1e-3 * torch.rand(5, 4)],
)
def test_a_layer_that_does_not_vary_has_no_share_and_no_gradient(features: Tensor) -> None:
    features = features.clone().requires_grad_()
    vector = torch.full((4,), 0.5)

    share, direction = first_share(features, vector)
    share.backward()

    assert share.item() == 0
    assert torch.equal(direction, vector)
    assert torch.equal(features.grad, torch.zeros(5, 4))


def test_the_penalty_is_the_excess_over_the_threshold_summed_over_layers() -> None:
    model = tiny_model().train()
    ours = regulariser(model, strength=10.0, threshold=0.14, first_stage=0)
    for _ in range(20):
        with ours.watching():
            model(IMAGES)
    start = {name: vector.double() for name, vector in ours.vectors.items()}
    shares: dict[str, Tensor] = {}

    def note(index: int, name: str, output: Tensor) -> None:
        if name in start:
            rows = output.permute(0, 2, 3, 1).flatten(1).double()
            shares[name] = defined_share(rows, start[name])[0]

    with capture(model, note):
        model(IMAGES)
    excesses = [share - 0.14 for share in shares.values()]
    expected = 10 * sum(torch.clamp(excess, min=0) for excess in excesses)
    wanted = torch.autograd.grad(expected, list(model.parameters()), allow_unused=True)
    with ours.watching():
        model(IMAGES)
    penalty = ours.penalty()
    found = torch.autograd.grad(penalty, list(model.parameters()), allow_unused=True)

    assert any(excess > 0 for excess in excesses)
    assert any(excess < 0 for excess in excesses)
    assert penalty.item() == pytest.approx(expected.item(), rel=1e-4)
    for one, other in zip(found, wanted, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            torch.testing.assert_close(one, other, rtol=1e-2, atol=1e-4)


def test_below_the_threshold_nothing_is_added() -> None:
    model = tiny_model().train()
    ours = regulariser(model, threshold=0.999)

    with ours.watching():
        model(IMAGES)
    penalty = ours.penalty()
    gradients = torch.autograd.grad(penalty, list(model.parameters()), allow_unused=True)

    assert penalty.item() == 0
    assert all(each is None or not each.any() for each in gradients)


def test_relu_outputs_from_the_second_stage_on_and_nothing_else_f9() -> None:
    """F9: not the outputs of residual additions, and the paper's threshold 0.2, not 0.1."""
    model = tiny_model()
    relus = [layer for layer in layer_table(model, SHAPE) if layer.kind == "relu"]

    assert ComponentPenalty().threshold == 0.2
    assert list(regulariser(model).vectors) == [
        f"stage{stage}.block1.relu{number}" for stage in (2, 3) for number in (1, 2)
    ]
    assert list(regulariser(model, first_stage=0).vectors) == [layer.name for layer in relus]
    assert len(regulariser(model, first_stage=3).vectors) == 2


def test_start_vectors_are_unit_vectors_of_the_order_seed() -> None:
    model, spec = tiny_model(), ComponentPenalty(strength=1)

    def start(order: int) -> dict[str, Tensor]:
        torch.rand(2)
        made = component_regulariser(model, spec, SHAPE, order)
        return {} if made is None else made.vectors

    for name, vector in start(5).items():
        assert vector.norm().item() == pytest.approx(1, abs=1e-5)
        assert torch.equal(vector, start(5)[name])
        assert not torch.equal(vector, start(6)[name])


class _Shared(nn.Module):
    """One rectifier for two layers, and another that is never used."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(192, 6), nn.Linear(6, 4)
        self.relu, self.idle = nn.ReLU(), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.relu(self.first(x.flatten(1)))
        return self.relu(self.second(hidden))


def test_every_use_of_a_module_is_a_layer() -> None:
    model = Model(_Shared(), channels_last=False)
    ours = regulariser(model, first_stage=0, threshold=0)
    vectors = dict(ours.vectors)
    outputs = []
    handle = model.body.relu.register_forward_hook(lambda *call: outputs.append(call[2].detach()))

    with ours.watching():
        model(IMAGES)
    handle.remove()

    assert {name: len(vector) for name, vector in vectors.items()} == {"relu": 6, "relu#2": 4}
    expected = [
        defined_share(x, u)[0].item() for x, u in zip(outputs, vectors.values(), strict=True)
    ]
    assert ours.penalty().item() == pytest.approx(sum(expected), rel=1e-4)


def test_vectors_move_in_training_steps_only() -> None:
    dataset = tiny_dataset()
    examples = examples_of(dataset.train, torch.device("cpu"))
    run = tiny_run(component_penalty={"strength": 1})
    model = initial_model(run, dataset)
    trainer = Trainer(model, run.training_spec, examples, run.order, "float32")
    before = dict(trainer.regulariser.vectors)

    evaluate(model, examples)
    kept = all(trainer.regulariser.vectors[name] is vector for name, vector in before.items())
    summary = trainer.run_epoch(1, 3, lambda: None)

    assert kept
    assert summary.penalty > 0
    for name, vector in trainer.regulariser.vectors.items():
        assert not torch.equal(vector, before[name])
        assert not vector.requires_grad
    assert not any(module._forward_hooks for module in model.modules())


def test_without_strength_there_is_nothing_to_do() -> None:
    dataset = tiny_dataset()
    model = initial_model(tiny_run(), dataset)
    examples = examples_of(dataset.train, torch.device("cpu"))

    trainer = Trainer(model, tiny_run().training_spec, examples, 5, "float32")

    assert trainer.regulariser is None
    assert trainer.run_epoch(1, 3, lambda: None).penalty is None


def test_shares_are_taken_in_float32_whatever_the_layers_are_in() -> None:
    model = tiny_model().train()
    exact, rounded = regulariser(model, threshold=0), regulariser(model, threshold=0)

    with exact.watching():
        model(IMAGES)
    with mixed_precision(torch.device("cpu"), "bfloat16"), rounded.watching():
        model(IMAGES)
    penalty = rounded.penalty()
    penalty.backward()

    assert penalty.dtype == torch.float32
    assert penalty.item() == pytest.approx(exact.penalty().item(), rel=0.02)
    for vector in rounded.vectors.values():
        assert vector.dtype == torch.float32
        # A vector made by products in bfloat16 would be off by its last digit, 0.4 %.
        assert vector.norm().item() == pytest.approx(1, abs=1e-5)


def test_a_network_without_such_layers_is_refused_in_one_line() -> None:
    model = Model(_Shared(), channels_last=False)

    with pytest.raises(
        InputError, match=r"first_stage: 2: .*no ReLU.*stages with any: 0"
    ) as caught:
        component_regulariser(model, ComponentPenalty(strength=1), SHAPE, 0)
    assert "\n" not in str(caught.value)


def test_minimising_the_penalty_brings_the_share_below_the_threshold() -> None:
    torch.manual_seed(0)
    brightness = torch.linspace(0, 1, len(IMAGES)).view(-1, 1, 1, 1)
    images = (IMAGES + 2 * brightness) / 3
    layer = nn.Sequential(nn.Flatten(), nn.Linear(192, 64), nn.ReLU())
    model = Model(layer, channels_last=False)
    ours = regulariser(model, first_stage=0, threshold=0.2)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.02)

    def true_share() -> float:
        output = model(images).detach()
        squares = torch.linalg.svdvals(output - output.mean(0)) ** 2
        return (squares[0] / squares.sum()).item()

    before = true_share()
    for _ in range(60):
        optimiser.zero_grad()
        with ours.watching():
            model(images)
        ours.penalty().backward()
        optimiser.step()

    assert before > 0.4
    assert true_share() < 0.21


def test_history_tells_the_penalty_of_every_epoch(tmp_path: Path) -> None:
    run = tiny_run(component_penalty={"strength": 1, "first_stage": 0, "threshold": 0.0})

    told = [row["running_penalty"] for row in history(train_in(tmp_path, run))]

    assert told[0] == ""
    assert all(float(text) > 0 for text in told[1:])
