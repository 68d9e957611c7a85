import math

import pytest
import torch
from torch import nn
from training_cases import tiny_dataset, tiny_run

from repatlas.networks.model import Model
from repatlas.training import evaluate as module
from repatlas.training.evaluate import evaluate
from repatlas.training.examples import Examples, examples_of
from repatlas.training.job import initial_model

CPU = torch.device("cpu")


class _Channels(nn.Module):
    """The mean of each channel as its class's logit."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3))


def test_loss_and_accuracy_are_those_of_the_definition() -> None:
    images = torch.zeros(3, 3, 2, 2, dtype=torch.uint8)
    images[0, 0], images[1, 1] = 255, 255
    examples = Examples(images, torch.tensor([0, 2, 0]))

    score = evaluate(Model(_Channels()), examples)

    likely, unlikely = math.e / (math.e + 2), 1 / (math.e + 2)
    assert score.loss == pytest.approx(-math.log(likely * unlikely / 3) / 3, rel=1e-6)
    # All three logits of the last image are equal: the first class is taken, and it is right.
    assert score.accuracy == pytest.approx(2 / 3)


def test_evaluation_leaves_no_trace_and_batches_do_not_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dataset = tiny_dataset()
    model = initial_model(tiny_run(), dataset)
    frozen = next(m for m in model.modules() if isinstance(m, nn.BatchNorm2d)).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    examples = examples_of(dataset.test, CPU)

    whole = evaluate(model, examples)
    monkeypatch.setattr(module, "BATCH", 7)
    parts = evaluate(model, examples)

    assert parts.loss == pytest.approx(whole.loss, rel=1e-5)
    assert parts.accuracy == whole.accuracy
    assert model.training
    assert not frozen.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
