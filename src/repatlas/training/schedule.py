"""The learning rate: a straight warm-up, then half a cosine down to (nearly) nothing."""

import math

from repatlas.training.spec import TrainingSpec


def learning_rate(spec: TrainingSpec, step: int, steps_per_epoch: int) -> float:
    """Learning rate of one step.

    With t the number of whole units (steps or epochs, ``spec.schedule_unit``) before the step, W
    those of the warm-up and T all of them::

        learning_rate * (t + 1) / W                              for t < W
        learning_rate * (1 + cos(pi * (t - W) / (T - W))) / 2    from then on

    so the highest rate is reached in the last unit of the warm-up and 0 would follow the last
    unit. With W = 0 it is the papers' cosine decay (`CosineDecay` of Keras).

    Parameters
    ----------
    step
        From 0.
    """
    unit = 1 if spec.schedule_unit == "step" else steps_per_epoch
    units_per_epoch = steps_per_epoch // unit
    now = step // unit
    warmup = spec.warmup_epochs * units_per_epoch
    if now < warmup:
        return spec.learning_rate * (now + 1) / warmup
    decay = spec.epochs * units_per_epoch - warmup
    return spec.learning_rate * (1 + math.cos(math.pi * (now - warmup) / decay)) / 2
