"""The course of a training: one row an epoch, and `history.csv`."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from repatlas.files import atomic_file
from repatlas.training.scores import EpochSummary, Score

COLUMNS = (
    "epoch",
    "step",
    "learning_rate",
    "running_loss",
    "running_accuracy",
    "running_penalty",
    "train_loss",
    "train_accuracy",
    "test_loss",
    "test_accuracy",
    "seconds",
)
"""``running_...`` are means over the epoch while the network changed; ``train_...`` and
``test_...`` are of the network at its end, and empty where it was not evaluated."""


@dataclass(frozen=True)
class HistoryRow:
    """What is known after so many epochs and steps; None where it was not measured.

    Attributes
    ----------
    epoch, step
        Done since the start; 0 for the untrained network.
    running
        Means over the epoch.
    train, test
        Of the network at the end of the epoch, on the images of either split.
    seconds
        Duration of the epoch, evaluations and checkpoints included.
    """

    epoch: int
    step: int
    running: EpochSummary | None = None
    train: Score | None = None
    test: Score | None = None
    seconds: float = 0.0

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Invert ``dataclasses.asdict``."""
        kinds = {"running": EpochSummary, "train": Score, "test": Score}
        nested = {
            name: None if values[name] is None else kind(**values[name])
            for name, kind in kinds.items()
        }
        return cls(**{**values, **nested})

    def numbers(self) -> tuple[float | None, ...]:
        """Values in the order of ``COLUMNS``."""
        running, train, test = self.running, self.train, self.test
        return (
            self.epoch,
            self.step,
            *(
                (None,) * 4
                if running is None
                else (running.learning_rate, running.loss, running.accuracy, running.penalty)
            ),
            *((None,) * 2 if train is None else (train.loss, train.accuracy)),
            *((None,) * 2 if test is None else (test.loss, test.accuracy)),
            self.seconds,
        )


def write_history(rows: Sequence[HistoryRow], path: str | os.PathLike[str]) -> None:
    """Write ``history.csv``, six significant digits a number, nothing where it is unknown.

    Raises
    ------
    OSError
        No space, no permission; nothing is left behind.
    """
    with atomic_file(path) as sibling, sibling.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_text(value) for value in row.numbers()] for row in rows)


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.6g}"
