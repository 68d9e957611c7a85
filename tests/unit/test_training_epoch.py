import pytest
import torch
from torch.nn import functional as F
from training_cases import tiny_dataset, tiny_run

from repatlas.data.augment import augment
from repatlas.networks.model import Model
from repatlas.training.batches import epoch_batches
from repatlas.training.epoch import Trainer
from repatlas.training.examples import Examples, examples_of
from repatlas.training.job import initial_model
from repatlas.training.schedule import learning_rate
from repatlas.training.seeds import stream_generator
from repatlas.training.spec import RunSpec

CPU = torch.device("cpu")
RUN = tiny_run(label_smoothing=0.1, weight_decay=0.01)


def plain_training(run: RunSpec, model: Model, examples: Examples, epochs: int) -> list[float]:
    """The loop as one would write it down, with nothing but the order and changes of ours."""
    spec = run.training_spec
    optimiser = torch.optim.SGD(
        [
            {"params": [p], "weight_decay": spec.weight_decay if p.dim() > 1 else 0.0}
            for p in model.parameters()
        ],
        momentum=0.9,
        nesterov=True,
        foreach=False,
    )
    losses, step = [], 0
    for epoch in range(1, epochs + 1):
        changes = stream_generator(run.order, "augmentation", epoch)
        for batch in epoch_batches(len(examples), spec.batch_size, run.order, epoch, CPU):
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(spec, step, 3)
            images = augment(examples.images[batch], 2, True, 0.0, changes)
            loss = F.cross_entropy(model(images), examples.labels[batch], label_smoothing=0.1)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
            step += 1
    return losses


def test_epochs_are_those_of_a_plain_loop() -> None:
    examples = examples_of(tiny_dataset().train, CPU)
    ours, plain = initial_model(RUN, tiny_dataset()), initial_model(RUN, tiny_dataset())
    trainer = Trainer(ours, RUN.training_spec, examples, RUN.order, "float32")
    rates = []

    for epoch in (1, 2):
        summary = trainer.run_epoch(
            epoch, 3, lambda: rates.append(trainer.optimiser.param_groups[0]["lr"])
        )
    losses = plain_training(RUN, plain, examples, 2)

    assert rates == [learning_rate(RUN.training_spec, step, 3) for step in range(6)]
    assert trainer.step == 6
    # The 42 examples are three batches of 14.
    assert summary.loss == pytest.approx(sum(losses[3:]) / 3, rel=1e-4)
    assert summary.learning_rate == rates[-1]
    for name, value in ours.state_dict().items():
        torch.testing.assert_close(value, plain.state_dict()[name], rtol=1e-3, atol=1e-4)


def test_bfloat16_follows_float32_closely_at_first() -> None:
    examples = examples_of(tiny_dataset().train, CPU)

    def first_epoch(arithmetic: str) -> float:
        model = initial_model(RUN, tiny_dataset())
        trainer = Trainer(model, RUN.training_spec, examples, RUN.order, arithmetic)
        return trainer.run_epoch(1, 3, lambda: None).loss

    assert first_epoch("bfloat16") == pytest.approx(first_epoch("float32"), rel=0.03)
    assert first_epoch("bfloat16") != first_epoch("float32")
