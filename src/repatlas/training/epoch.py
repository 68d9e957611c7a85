"""One epoch of stochastic gradient descent."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional as F

from repatlas.data.augment import augment
from repatlas.networks.model import Model
from repatlas.networks.shake_shake import seed_noise
from repatlas.training.batches import epoch_batches, steps_per_epoch
from repatlas.training.component_penalty import ComponentRegulariser, component_regulariser
from repatlas.training.divergence import LossWatch
from repatlas.training.examples import Examples
from repatlas.training.optimiser import build_optimiser, set_learning_rate
from repatlas.training.precision import Arithmetic, mixed_precision
from repatlas.training.schedule import learning_rate
from repatlas.training.scores import EpochSummary
from repatlas.training.seeds import stream_generator, stream_seed
from repatlas.training.spec import TrainingSpec


@dataclass
class Trainer:
    """A network in training.

    Parameters
    ----------
    model
        On the device of the examples; changed in place.
    spec
        The recipe.
    examples
        Training images.
    order
        Seed of data order, augmentation and noise.
    arithmetic
        Of forward and backward pass.

    Attributes
    ----------
    step
        Steps done since the start of training.
    regulariser
        Of the first principal components; None where the recipe has none.
    """

    model: Model
    spec: TrainingSpec
    examples: Examples
    order: int
    arithmetic: Arithmetic
    step: int = 0
    optimiser: torch.optim.SGD = field(init=False)
    steps_per_epoch: int = field(init=False)
    regulariser: ComponentRegulariser | None = field(init=False)

    def __post_init__(self) -> None:
        self.optimiser = build_optimiser(self.model, self.spec)
        self.steps_per_epoch = steps_per_epoch(len(self.examples), self.spec.batch_size)
        self.regulariser = component_regulariser(
            self.model, self.spec.component_penalty, self.examples.images.shape[1:], self.order
        )

    def rate(self, step: int) -> float:
        """Learning rate of a step, from 0."""
        return learning_rate(self.spec, step, self.steps_per_epoch)

    def run_epoch(self, epoch: int, classes: int, after_step: Callable[[], None]) -> EpochSummary:
        """Train for one epoch.

        Parameters
        ----------
        epoch
            From 1.
        classes
            Number of classes of the data set.
        after_step
            Called after every step; may read the network but not change it.

        Raises
        ------
        BadLossError
            Training has failed.
        """
        device = self.examples.labels.device
        watch = LossWatch(self.steps_per_epoch, device)
        meter = _Meter(device)
        size = self.spec.batch_size
        batches = epoch_batches(len(self.examples), size, self.order, epoch, device)
        changes = stream_generator(self.order, "augmentation", epoch)
        self._seed_noise(epoch)
        for batch in batches:
            set_learning_rate(self.optimiser, self.rate(self.step))
            images, labels = self._examples(batch, changes)
            logits, loss, penalty = self._forward(images, labels)
            watch.add(loss)
            meter.add(logits, labels, loss, penalty)
            self._backward(loss if penalty is None else loss + penalty)
            self.step += 1
            after_step()
        watch.finish(self.model, classes)
        return meter.summary(self.rate(self.step - 1))

    def _examples(self, batch: Tensor, changes: torch.Generator) -> tuple[Tensor, Tensor]:
        wanted = self.spec.augmentation
        images = self.examples.images[batch]
        images = augment(
            images, wanted.crop_padding, wanted.flip, wanted.color, changes, wanted.flip_vertical
        )
        return images, self.examples.labels[batch]

    def _forward(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Logits, cross-entropy and penalty of a batch."""
        watching = nullcontext() if self.regulariser is None else self.regulariser.watching()
        with mixed_precision(labels.device, self.arithmetic), watching:
            logits = self.model(images)
        smoothing = self.spec.label_smoothing
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=smoothing)
        penalty = None if self.regulariser is None else self.regulariser.penalty()
        return logits.detach(), loss, penalty

    def _backward(self, loss: Tensor) -> None:
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()

    def _seed_noise(self, epoch: int) -> None:
        seed = stream_seed(self.order, "noise", epoch)
        seed_noise(self.model, seed)
        # Dropout and its like in imported networks draw from the global generators.
        torch.manual_seed(seed)


class _Meter:
    """Sums over the examples of an epoch, on their device."""

    def __init__(self, device: torch.device) -> None:
        self._loss = torch.zeros((), dtype=torch.float64, device=device)
        self._right = torch.zeros((), dtype=torch.int64, device=device)
        self._penalty: Tensor | None = None
        self._count = 0

    def add(self, logits: Tensor, labels: Tensor, loss: Tensor, penalty: Tensor | None) -> None:
        self._loss += loss.detach() * len(labels)
        if penalty is not None:
            weighted = penalty.detach().double() * len(labels)
            self._penalty = weighted if self._penalty is None else self._penalty + weighted
        self._right += (logits.argmax(1) == labels).sum()
        self._count += len(labels)

    def summary(self, rate: float) -> EpochSummary:
        loss, accuracy = self._loss.item() / self._count, self._right.item() / self._count
        penalty = None if self._penalty is None else self._penalty.item() / self._count
        return EpochSummary(loss, accuracy, rate, penalty)
