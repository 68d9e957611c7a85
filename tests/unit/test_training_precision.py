import pytest
import torch
from torch import nn
from training_cases import tiny_dataset, tiny_run

from repatlas.networks.model import Model
from repatlas.training import precision
from repatlas.training.examples import Examples, examples_of
from repatlas.training.job import initial_model
from repatlas.training.precision import choose_precision, judge, mixed_precision

CPU = torch.device("cpu")


def tiny_case() -> tuple[Model, Examples]:
    dataset = tiny_dataset()
    return initial_model(tiny_run(), dataset), examples_of(dataset.train, CPU)


@pytest.mark.parametrize(
    ("fast", "expected"), [(0.5, "bfloat16"), (0.99, "bfloat16"), (1.0, "float32"), (3, "float32")]
)
def test_bfloat16_is_taken_only_where_it_is_faster(fast: float, expected: str) -> None:
    choice = judge(1.0, fast)

    assert choice.arithmetic == expected
    assert (choice.float32_seconds, choice.bfloat16_seconds) == (1.0, fast)


def test_what_is_asked_for_is_taken_unmeasured() -> None:
    choice = choose_precision("bfloat16", *tiny_case(), 16)

    assert (choice.arithmetic, choice.float32_seconds) == ("bfloat16", None)


def test_nothing_is_measured_without_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: False)
    monkeypatch.setattr(precision, "_time_both", lambda *_: pytest.fail("measured"))

    assert choose_precision("auto", *tiny_case(), 16).arithmetic == "float32"


def test_the_measurement_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: True)
    model, examples = tiny_case()
    model.body.add_module("dropout", nn.Dropout(0.5))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    generator = torch.random.get_rng_state()

    choice = choose_precision("auto", model, examples, 16)

    assert choice.float32_seconds is not None
    assert choice.bfloat16_seconds is not None
    assert torch.equal(torch.random.get_rng_state(), generator)
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert len(list(model.buffers())) == len(list(tiny_case()[0].buffers()))


class _FloatOnly(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if torch.is_autocast_enabled("cpu"):
            raise RuntimeError("not implemented for BFloat16")
        return x.mean((2, 3)) * nn.Parameter(torch.ones(3))


def test_a_network_that_fails_in_bfloat16_is_trained_in_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: True)

    choice = choose_precision("auto", Model(_FloatOnly()), tiny_case()[1], 16)

    assert choice.arithmetic == "float32"
    assert "not implemented for BFloat16" in choice.reason


def test_mixed_precision_keeps_weights_and_gradients_in_float32() -> None:
    model, examples = tiny_case()

    with mixed_precision(CPU, "bfloat16"):
        logits = model(examples.images[:4])
    logits.float().sum().backward()

    assert logits.dtype == torch.bfloat16
    assert all(parameter.grad.dtype == torch.float32 for parameter in model.parameters())
