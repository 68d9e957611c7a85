"""What the members of an ensemble learn: inputs, labels without noise, and labels with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from repatlas.data.dataset import Dataset, Split
from repatlas.data.pixels import flat_pixels
from repatlas.data.subset import take_turns
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.errors import InputError

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Examples:
    """Inputs with what is to be said of them.

    Attributes
    ----------
    inputs
        (n, d); the squared norm of an input is d on average.
    targets
        (n, k) without noise.
    labels
        (n,) classes behind the targets; None where there are none.
    """

    inputs: Floats
    targets: Floats
    labels: Labels | None = None

    def take(self, rows: NDArray[np.integer] | slice) -> "Examples":
        """Some of the examples."""
        labels = None if self.labels is None else self.labels[rows]
        return Examples(self.inputs[rows], self.targets[rows], labels)


@dataclass(frozen=True, eq=False)
class Task:
    """One draw of a task.

    Attributes
    ----------
    training
        Sets of as many examples as the largest training set has: one that all members share, or
        one for each member and each network of shuffled labels.
    held_out
        Examples on which members are compared and tested.
    codes
        (c, k) targets of the classes; None where the targets are no classes.
    """

    training: tuple[Examples, ...]
    held_out: Examples
    codes: Floats | None = None

    @property
    def variance(self) -> float:
        """Variance of the held-out targets, summed over outputs."""
        return float(self.held_out.targets.var(axis=0).sum())


def draw_task(spec: EnsembleSpec, draw: int, dataset: Dataset | None = None) -> Task:
    """Draw teacher and inputs, or choose images; the same for the same spec and draw.

    Raises
    ------
    InputError
        The spec names a data set and none is given, or too few training images are.
    """
    generator = np.random.default_rng([spec.seed, draw])
    if spec.data is None:
        return _teacher_task(spec, generator)
    if dataset is None:
        raise InputError(f"the ensemble learns {spec.data}: give that data set")
    return _image_task(spec, generator, dataset)


def _sets(spec: EnsembleSpec) -> int:
    """Training sets of a draw."""
    return 1 if spec.shared_inputs else spec.members + spec.shuffled


def _teacher_task(spec: EnsembleSpec, generator: Generator) -> Task:
    teacher = _Teacher.draw(spec, generator)
    held_out = teacher.examples(generator.standard_normal((spec.held_out, spec.inputs)))
    shape = (_sets(spec), max(spec.samples), spec.inputs)
    training = tuple(map(teacher.examples, generator.standard_normal(shape)))
    return Task(training, held_out)


@dataclass(frozen=True, eq=False)
class _Teacher:
    """A linear map (d, k), or a ReLU network whose outputs have variance 1."""

    first: Floats
    second: Floats | None

    @classmethod
    def draw(cls, spec: EnsembleSpec, generator: Generator) -> "_Teacher":
        linear = spec.teacher == "linear"
        columns = spec.outputs if linear else spec.teacher_width
        first = generator.standard_normal((spec.inputs, columns))
        first /= np.linalg.norm(first, axis=0)
        if linear:
            return cls(first, None)
        second = generator.standard_normal((columns, spec.outputs))
        # The variance of the outputs has no short closed form; this draw of inputs is its estimate.
        many = np.maximum(generator.standard_normal((10_000, spec.inputs)) @ first, 0.0) @ second
        return cls(first, second / many.std(axis=0))

    def examples(self, inputs: Floats) -> Examples:
        hidden = inputs @ self.first
        targets = hidden if self.second is None else np.maximum(hidden, 0.0) @ self.second
        return Examples(inputs, targets)


def _image_task(spec: EnsembleSpec, generator: Generator, dataset: Dataset) -> Task:
    most, available = max(spec.samples), len(dataset.train)
    if most > available:
        raise InputError(
            f"samples: {most} training images are asked of {dataset.name}, which has {available}; "
            "give fewer"
        )
    classes = len(dataset.classes)
    codes = np.eye(classes) - (spec.loss == "squared") / classes
    train, test = flat_pixels(dataset.train.images), flat_pixels(dataset.test.images)
    mean = train.mean(axis=0)
    # One scale for all pixels: pixels that never vary are not blown up.
    scale = np.sqrt(np.square(train - mean).mean())

    def examples(pixels: Floats, split: Split) -> Examples:
        return Examples((pixels - mean) / scale, codes[split.labels], split.labels)

    whole, held_out = examples(train, dataset.train), examples(test, dataset.test)
    orders = [_order(dataset.train.labels, generator)[:most] for _ in range(_sets(spec))]
    training = tuple(whole.take(order) for order in orders)
    return Task(training, held_out.take(slice(spec.held_out)), codes)


def _order(labels: Labels, generator: Generator) -> NDArray[np.int64]:
    """A random order in which the classes take turns: every first part of it is balanced."""
    classes = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return take_turns([generator.permutation(members) for members in classes])


def noisy_targets(
    examples: Examples, codes: Floats | None, snrs: Sequence[float], generator: Generator
) -> Floats:
    """Targets with noise, of one realisation that is scaled to each noise level.

    Targets that are no classes get Gaussian noise of variance 1 / SNR, theirs being 1. Of classes
    a share q is drawn anew from all; the mean code of a class is then shorter by ``1 - q``, which
    leaves ``SNR = (1 - q)^2 / (1 - (1 - q)^2)``.

    Parameters
    ----------
    examples
        (n,) examples.
    codes
        (c, k) targets of the classes, if the targets are classes.
    snrs
        Signal-to-noise ratios.
    generator
        Source of the noise.

    Returns
    -------
    Floats
        (SNRs, n, k).
    """
    ratios = np.asarray(snrs, dtype=np.float64)
    if codes is None or examples.labels is None:
        noise = generator.standard_normal(examples.targets.shape)
        return examples.targets + noise / np.sqrt(ratios)[:, None, None]
    chance = generator.random(len(examples.labels))
    others = generator.integers(len(codes), size=len(examples.labels))
    kept = chance >= redrawn_share(ratios)[:, None]
    noisy: Floats = codes[np.where(kept, examples.labels, others)]
    return noisy


def redrawn_share(snrs: ArrayLike) -> Floats:
    """Share of labels that is drawn anew for a signal-to-noise ratio of their codes."""
    ratios = np.asarray(snrs, dtype=np.float64)
    share: Floats = 1.0 - np.sqrt(ratios / (1.0 + ratios))
    return share


def shuffled(examples: Examples, generator: Generator) -> Examples:
    """Give the targets of the examples to each other, at random."""
    other = examples.take(generator.permutation(len(examples.targets)))
    return Examples(examples.inputs, other.targets, other.labels)
