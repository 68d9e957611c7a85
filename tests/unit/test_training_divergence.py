"""Losses that no training recovers from, and what is left of a training that failed."""

import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from training_cases import tiny_dataset, tiny_run, train_in

from repatlas.networks.model import load_weights
from repatlas.networks.spec import NetworkSpec
from repatlas.tensor_file import read_metadata
from repatlas.training.divergence import BadLossError, LossWatch, TrainingDivergedError
from repatlas.training.epoch import Trainer
from repatlas.training.job import initial_model

CPU = torch.device("cpu")


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


def test_divergence_is_one_line_and_leaves_the_last_good_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tiny_run(checkpoints={"epochs": (2,)})
    forward = Trainer._forward

    def spoilt(
        self: Trainer, *batch: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
        logits, loss, penalty = forward(self, *batch)
        return logits, loss * (float("nan") if self.step == 7 else 1), penalty

    monkeypatch.setattr(Trainer, "_forward", spoilt)

    with pytest.raises(TrainingDivergedError) as caught:
        train_in(tmp_path, run)

    message = str(caught.value)
    path = tmp_path / "scratch" / "last_good.safetensors"
    assert "\n" not in message
    for part in ("RN-8 1x", "epoch 3, step 8", "loss nan", "0.02934", "after epoch 2", str(path)):
        assert part in message
    assert read_metadata(path)["epoch"] == "2"
    kept = load_file(tmp_path / "scratch" / "checkpoints" / "epoch-0002.safetensors")
    assert all(torch.equal(value, kept[name]) for name, value in load_file(path).items())
    assert [entry.name for entry in tmp_path.iterdir()] == ["scratch"]


def test_divergence_in_the_first_epoch_leaves_the_untrained_network(tmp_path: Path) -> None:
    run = tiny_run(NetworkSpec(family="mlp"), 3, learning_rate=100, warmup_epochs=0, batch_size=4)

    with pytest.raises(TrainingDivergedError, match=r"after epoch 0, are .*epoch-0000") as caught:
        train_in(tmp_path, run)

    path = str(caught.value).split(" are ")[1].split(";")[0]
    load_weights(initial_model(run, tiny_dataset()), path)
