import math

import pytest
import torch
from torch import nn
from training_cases import tiny_dataset, tiny_run

from repatlas.networks.model import Model
from repatlas.training import evaluate as module
from repatlas.training.divergence import BadLossError, LossWatch
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


def test_every_loss_is_checked_at_once_on_a_cpu() -> None:
    watch = LossWatch(4, CPU)
    watch.add(torch.tensor(1.0))

    with pytest.raises(BadLossError) as caught:
        watch.add(torch.tensor(math.inf))

    assert (caught.value.step, caught.value.loss) == (1, math.inf)


def test_losses_checked_at_intervals_name_the_first_bad_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("repatlas.training.divergence.STEPS_BETWEEN_CHECKS", {"cpu": 3})
    watch = LossWatch(5, CPU)
    watch.add(torch.tensor(1.0))
    watch.add(torch.tensor(math.nan))

    with pytest.raises(BadLossError) as caught:
        watch.add(torch.tensor(math.nan))
    assert caught.value.step == 1


def test_the_end_of_an_epoch_checks_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("repatlas.training.divergence.STEPS_BETWEEN_CHECKS", {"cpu": 3})
    watch = LossWatch(1, CPU)
    watch.add(torch.tensor(math.nan))

    with pytest.raises(BadLossError):
        watch.finish(nn.Linear(1, 1), 10)


@pytest.mark.parametrize(("lowest", "hopeless"), [(11.0, False), (12.0, True)])
def test_an_epoch_of_hopeless_losses_is_divergence(lowest: float, hopeless: bool) -> None:
    # The limit for ten classes is 5 log(10) = 11.5.
    watch = LossWatch(3, CPU)
    for loss in (50.0, lowest, 70.0):
        watch.add(torch.tensor(loss))

    if hopeless:
        with pytest.raises(BadLossError):
            watch.finish(nn.Linear(1, 1), 10)
    else:
        watch.finish(nn.Linear(1, 1), 10)


def test_weights_that_are_not_finite_are_divergence() -> None:
    watch = LossWatch(1, CPU)
    watch.add(torch.tensor(1.0))
    model = nn.BatchNorm1d(2)
    model.running_var[1] = math.inf

    with pytest.raises(BadLossError):
        watch.finish(model, 10)
